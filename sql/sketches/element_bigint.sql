CREATE FUNCTION internal_events.element(id bigint) RETURNS @hll@.hll_hashval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_element_bigint';
COMMENT ON FUNCTION internal_events.element(bigint) IS
    'The sketch element of an id: the hash that Redis PFADD gives its decimal text';
GRANT EXECUTE ON FUNCTION internal_events.element(bigint)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
