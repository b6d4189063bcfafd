CREATE FUNCTION internal_events.event_retention() RETURNS interval
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_event_retention';
COMMENT ON FUNCTION internal_events.event_retention() IS 'The setting internal_events.event_retention as an interval';
GRANT EXECUTE ON FUNCTION internal_events.event_retention() TO internal_events_admin;
