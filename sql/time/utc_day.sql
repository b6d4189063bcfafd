CREATE FUNCTION internal_events.utc_day(moment timestamptz) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_utc_day';
COMMENT ON FUNCTION internal_events.utc_day(timestamptz) IS 'The day of UTC that a moment lies in';
GRANT EXECUTE ON FUNCTION internal_events.utc_day(timestamptz)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
