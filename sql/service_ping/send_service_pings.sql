CREATE PROCEDURE internal_events.send_service_pings()
LANGUAGE c
AS '$libdir/internal_events_http', 'ie_send_service_pings';
COMMENT ON PROCEDURE internal_events.send_service_pings() IS
    'Sends every Service Ping that is due to internal_events.service_ping_url; holds no transaction while it waits';
GRANT EXECUTE ON PROCEDURE internal_events.send_service_pings() TO internal_events_admin;
