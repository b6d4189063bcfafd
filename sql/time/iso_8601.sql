CREATE FUNCTION internal_events.iso_8601(moment timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
COMMENT ON FUNCTION internal_events.iso_8601(timestamptz) IS 'A moment of UTC as text, 2026-11-23T04:17:05.123Z';
GRANT EXECUTE ON FUNCTION internal_events.iso_8601(timestamptz)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
