CREATE FUNCTION internal_events.schema_fault(schema jsonb) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_schema_fault';
COMMENT ON FUNCTION internal_events.schema_fault(jsonb) IS 'What is wrong with a JSON Schema; null: nothing';
