CREATE FUNCTION internal_events.value_schema(reference jsonb) RETURNS jsonb
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN jsonb_typeof(reference) = 'object' THEN reference
                ELSE (SELECT s.schema
                        FROM internal_events.value_schemas s
                       WHERE internal_events.is_path_of(s.path, reference #>> '{}')
                       ORDER BY length(s.path) DESC, s.path
                       LIMIT 1)
           END;
END;
COMMENT ON FUNCTION internal_events.value_schema(jsonb) IS
    'The JSON Schema that value_json_schema means: itself, or a loaded one by path; null: none is loaded';
