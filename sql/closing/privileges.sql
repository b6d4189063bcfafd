-- Nothing is PUBLIC; whom an object is for, its own file says. Siblings: a writer reads nothing, a reader writes nothing.
REVOKE ALL ON ALL ROUTINES IN SCHEMA internal_events FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean),
                       @extschema@.track_events(jsonb) FROM PUBLIC;
