CREATE FUNCTION internal_events.element(property jsonb) RETURNS @hll@.hll_hashval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_element_jsonb';
COMMENT ON FUNCTION internal_events.element(jsonb) IS
    'The sketch element of a property''s value: of a text, or of a number in its shortest spelling; null for others';
GRANT EXECUTE ON FUNCTION internal_events.element(jsonb)
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
