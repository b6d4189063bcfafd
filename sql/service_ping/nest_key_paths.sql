CREATE FUNCTION internal_events.nest_key_paths(key_paths text[], "values" jsonb[]) RETURNS json
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_nest_key_paths';
COMMENT ON FUNCTION internal_events.nest_key_paths(text[], jsonb[]) IS
    'One document of values, nested by key path, in the order of keys';
