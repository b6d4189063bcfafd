CREATE FUNCTION internal_events.forwarding_retention() RETURNS interval
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_forwarding_retention';
COMMENT ON FUNCTION internal_events.forwarding_retention() IS 'The setting internal_events.forwarding_retention';
GRANT EXECUTE ON FUNCTION internal_events.forwarding_retention() TO internal_events_admin;
