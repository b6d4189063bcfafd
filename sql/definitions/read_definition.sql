CREATE FUNCTION internal_events.read_definition(kind text, yaml text, catalog jsonb, strict boolean) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_read_definition';
COMMENT ON FUNCTION internal_events.read_definition(text, text, jsonb, boolean) IS
    'A definition in compiled form (null where it is wrong), and every problem of it';
