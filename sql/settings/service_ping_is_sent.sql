CREATE FUNCTION internal_events.service_ping_is_sent() RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_service_ping_is_sent';
COMMENT ON FUNCTION internal_events.service_ping_is_sent() IS 'Whether internal_events.service_ping_url is set';
GRANT EXECUTE ON FUNCTION internal_events.service_ping_is_sent() TO internal_events_admin;
