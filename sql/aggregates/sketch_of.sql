CREATE AGGREGATE internal_events.sketch_of(hll_hashval, integer, integer, bigint, integer) (
    SFUNC = hll_add_trans4,
    STYPE = internal,
    SSPACE = 131120,
    FINALFUNC = hll_pack
);
COMMENT ON AGGREGATE internal_events.sketch_of(hll_hashval, integer, integer, bigint, integer) IS
    'The sketch of elements, with log2m, regwidth, expthresh and sparseon of postgresql-hll';
