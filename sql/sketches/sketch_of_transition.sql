CREATE FUNCTION internal_events.sketch_of_transition(state internal, element @hll@.hll_hashval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_sketch_of_transition';
COMMENT ON FUNCTION internal_events.sketch_of_transition(internal, @hll@.hll_hashval) IS 'Part of sketch_of()';
