CREATE FUNCTION internal_events.forwarding_is_on() RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_forwarding_is_on';
COMMENT ON FUNCTION internal_events.forwarding_is_on() IS 'Whether internal_events.snowplow_collector_url is set';
GRANT EXECUTE ON FUNCTION internal_events.forwarding_is_on() TO internal_events_admin;
