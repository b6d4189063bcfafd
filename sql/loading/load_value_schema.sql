CREATE FUNCTION internal_events.load_value_schema(path text, schema jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fault text := internal_events.schema_fault(schema);
BEGIN
    IF path IS NULL OR schema IS NULL THEN
        RAISE EXCEPTION 'path and schema must not be null' USING ERRCODE = 'null_value_not_allowed';
    ELSIF fault IS NOT NULL THEN
        RAISE EXCEPTION '%: not a JSON Schema: %', path, fault
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Drafts 7, 4 and 3 are understood.';
    END IF;
    INSERT INTO internal_events.value_schemas AS s (path, schema) VALUES (load_value_schema.path, load_value_schema.schema)
        ON CONFLICT ON CONSTRAINT value_schemas_pkey DO UPDATE SET schema = excluded.schema
     WHERE s.schema <> excluded.schema;
END
$$;
COMMENT ON FUNCTION internal_events.load_value_schema(text, jsonb) IS
    'Stores a JSON Schema that value_json_schema of metric definitions refers to by path';
GRANT EXECUTE ON FUNCTION internal_events.load_value_schema(text, jsonb) TO internal_events_admin;
