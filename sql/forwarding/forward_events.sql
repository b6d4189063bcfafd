CREATE PROCEDURE internal_events.forward_events(force boolean DEFAULT false)
LANGUAGE c
AS '$libdir/internal_events_http', 'ie_forward_events';
COMMENT ON PROCEDURE internal_events.forward_events(boolean) IS
    'Sends every event that waits to internal_events.snowplow_collector_url; holds no transaction while it waits for the '
    'network. force: even where the collector has to be left alone for now';
GRANT EXECUTE ON PROCEDURE internal_events.forward_events(boolean) TO internal_events_admin;
