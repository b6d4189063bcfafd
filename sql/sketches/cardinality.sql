CREATE FUNCTION internal_events.cardinality(sketch @hll@.hll) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(coalesce(@hll@.hll_cardinality(sketch), 0))::bigint;
COMMENT ON FUNCTION internal_events.cardinality(@hll@.hll) IS
    'The number of distinct elements in a sketch; 0 where there is none';
GRANT EXECUTE ON FUNCTION internal_events.cardinality(@hll@.hll)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
