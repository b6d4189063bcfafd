CREATE FUNCTION internal_events.element(property text) RETURNS @hll@.hll_hashval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_element_text';
COMMENT ON FUNCTION internal_events.element(text) IS
    'The sketch element of a property: the hash that Redis PFADD gives its bytes';
GRANT EXECUTE ON FUNCTION internal_events.element(text) TO internal_events_reader, internal_events_admin, internal_events_metrics;
