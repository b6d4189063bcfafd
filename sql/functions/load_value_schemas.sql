CREATE FUNCTION internal_events.load_value_schemas(directory text, OUT path text, OUT name text, OUT error text)
RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    file record;
BEGIN
    FOR file IN
        SELECT f.path, f.yaml AS text, ltrim(substr(f.path, length(directory) + 1), '/') AS name
          FROM internal_events.definition_files(directory) f
         WHERE f.path LIKE '%.json'
    LOOP
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
COMMENT ON FUNCTION internal_events.load_value_schemas(text) IS
    'Part of load_definitions(): loads the .json files below a directory that loaded metrics name by value_json_schema';
