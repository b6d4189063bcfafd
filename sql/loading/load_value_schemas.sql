CREATE FUNCTION internal_events.load_value_schemas(files jsonb, OUT path text, OUT name text, OUT error text)
RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    file record;
BEGIN
    FOR file IN SELECT * FROM jsonb_to_recordset(files) AS f (path text, text text, name text) LOOP
        CONTINUE WHEN NOT EXISTS (
            SELECT FROM internal_events.metric_definitions d
             WHERE internal_events.is_path_of(file.name, d.definition ->> 'value_json_schema'));
        path := file.path;
        name := file.name;
        error := NULL;
        BEGIN
            PERFORM internal_events.load_value_schema(file.name, file.text::jsonb);
        EXCEPTION WHEN OTHERS THEN
            name := NULL;
            error := path || ': ' || SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.load_value_schemas(jsonb) IS
    'Part of load_definitions(): loads those of its .json files that loaded metrics name by value_json_schema';
GRANT EXECUTE ON FUNCTION internal_events.load_value_schemas(jsonb) TO internal_events_admin;
