CREATE AGGREGATE internal_events.sketch_of(@hll@.hll_hashval) (
    SFUNC = internal_events.sketch_of_transition,
    STYPE = internal,
    SSPACE = 512,
    FINALFUNC = internal_events.sketch_of_final
);
COMMENT ON AGGREGATE internal_events.sketch_of(@hll@.hll_hashval) IS
    'The sketch of elements, as hll_add_agg(element, 14, 5, -1, 1) makes it, in a fraction of its memory';
GRANT EXECUTE ON FUNCTION internal_events.sketch_of(@hll@.hll_hashval)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
