CREATE FUNCTION @extschema@.track_events(events jsonb) RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_track_events';
COMMENT ON FUNCTION @extschema@.track_events(jsonb) IS
    'Records an array of objects with the arguments of track_event() as keys; returns how many were recorded';
GRANT EXECUTE ON FUNCTION @extschema@.track_events(jsonb) TO internal_events_writer;
