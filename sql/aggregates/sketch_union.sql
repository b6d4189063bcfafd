CREATE AGGREGATE internal_events.sketch_union(hll) (
    SFUNC = hll_union_trans,
    STYPE = internal,
    SSPACE = 131120,
    FINALFUNC = hll_pack
);
COMMENT ON AGGREGATE internal_events.sketch_union(hll) IS 'The union of sketches';
