CREATE AGGREGATE internal_events.uniques(@hll@.hll) (
    SFUNC = @hll@.hll_union_trans,
    STYPE = internal,
    SSPACE = 131120,
    FINALFUNC = @hll@.hll_card_unpacked
);
COMMENT ON AGGREGATE internal_events.uniques(@hll@.hll) IS 'The number of distinct elements in the union of sketches';
GRANT EXECUTE ON FUNCTION internal_events.uniques(@hll@.hll)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
