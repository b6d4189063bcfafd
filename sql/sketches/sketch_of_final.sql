CREATE FUNCTION internal_events.sketch_of_final(state internal) RETURNS @hll@.hll
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_sketch_of_final';
COMMENT ON FUNCTION internal_events.sketch_of_final(internal) IS 'Part of sketch_of()';
