CREATE FUNCTION internal_events.value_faults(schema jsonb, value jsonb) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_value_faults';
COMMENT ON FUNCTION internal_events.value_faults(jsonb, jsonb) IS 'Where a value does not fit a JSON Schema; empty: it fits';
