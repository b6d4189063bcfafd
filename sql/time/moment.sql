CREATE FUNCTION internal_events.moment() RETURNS timestamptz
LANGUAGE c STABLE PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ie_moment';
COMMENT ON FUNCTION internal_events.moment() IS
    'What time frames of databases are computed from: the midnight of UTC that begins internal_events.as_of, or now';
GRANT EXECUTE ON FUNCTION internal_events.moment() TO internal_events_reader, internal_events_admin, internal_events_metrics;
