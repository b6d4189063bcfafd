CREATE FUNCTION internal_events.is_path_of(path text, reference text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN right('/' || path, length(reference) + 1) = '/' || reference
    OR right('/' || reference, length(path) + 1) = '/' || path;
COMMENT ON FUNCTION internal_events.is_path_of(text, text) IS
    'Whether value_json_schema means a file: one of both paths ends with the other';
GRANT EXECUTE ON FUNCTION internal_events.is_path_of(text, text) TO internal_events_admin;
