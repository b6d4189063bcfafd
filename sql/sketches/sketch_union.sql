CREATE AGGREGATE internal_events.sketch_union(@hll@.hll) (
    SFUNC = @hll@.hll_union_trans,
    STYPE = internal,
    SSPACE = 131120,
    FINALFUNC = @hll@.hll_pack
);
COMMENT ON AGGREGATE internal_events.sketch_union(@hll@.hll) IS 'The union of sketches';
GRANT EXECUTE ON FUNCTION internal_events.sketch_union(@hll@.hll)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
