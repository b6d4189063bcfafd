-- Not SECURITY DEFINER: reading the server's files needs the caller's own right to it.
CREATE FUNCTION internal_events.load_definitions(
    directory text, strict boolean DEFAULT false, OUT path text, OUT kind text, OUT name text, OUT error text)
RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    file record;
    files jsonb;
    schemas jsonb;
    later jsonb;
    seen jsonb := '{}';
    key text;
    is_unresolved boolean;
BEGIN
    IF directory IS NULL THEN
        RAISE EXCEPTION 'directory is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Name a directory of the server.';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('path', f.path, 'yaml', f.yaml, 'kind', i.kind, 'key', i.kind || ' ' || i.name)
                              ORDER BY i.kind IS DISTINCT FROM 'event', i.kind IS DISTINCT FROM 'instrumentation', f.path)
                    FILTER (WHERE NOT f.is_schema), '[]'),
           coalesce(jsonb_agg(jsonb_build_object('path', f.path, 'text', f.yaml,
                                                 'name', ltrim(substr(f.path, length(directory) + 1), '/')) ORDER BY f.path)
                    FILTER (WHERE f.is_schema), '[]')
      INTO files, schemas
      FROM (SELECT d.path, d.yaml, d.path LIKE '%.json' AS is_schema FROM internal_events.definition_files(directory) d) f
      LEFT JOIN LATERAL internal_events.definition_identity(CASE WHEN NOT f.is_schema THEN f.yaml END) i ON true;
    -- A metric made of others waits until they are loaded, for as long as that helps.
    LOOP
        later := '[]';
        FOR file IN SELECT * FROM jsonb_to_recordset(files) AS f (path text, yaml text, kind text, key text) LOOP
            path := file.path;
            kind := file.kind;
            name := NULL;
            IF seen ? file.key AND seen ->> file.key <> path THEN
                error := format('%s: %s is defined in %s too; keep one of the files', path, file.key, seen ->> file.key);
            ELSE
                SELECT l.name, l.error, l.is_unresolved INTO name, error, is_unresolved
                  FROM internal_events.load_definition_file(path, file.yaml, kind, strict) l;
                IF is_unresolved AND jsonb_array_length(files) > 1 THEN
                    later := later || to_jsonb(file);
                    CONTINUE;
                ELSIF error IS NULL THEN
                    seen := seen || jsonb_build_object(file.key, path);
                END IF;
            END IF;
            RETURN NEXT;
        END LOOP;
        EXIT WHEN later = '[]';
        IF later = files THEN
            -- None of these helped another, so each says now what it lacks.
            RETURN QUERY
            SELECT f.path, f.kind, l.name, l.error
              FROM jsonb_to_recordset(files) AS f (path text, yaml text, kind text)
             CROSS JOIN LATERAL internal_events.load_definition_file(f.path, f.yaml, f.kind, strict) l;
            EXIT;
        END IF;
        files := later;
    END LOOP;
    RETURN QUERY SELECT s.path, 'value_schema', s.name, s.error FROM internal_events.load_value_schemas(schemas) s;
    PERFORM internal_events.count_retained();
END
$$;
COMMENT ON FUNCTION internal_events.load_definitions(text, boolean) IS
    'Loads every .yml below a server directory, events first, and the JSON Schemas that metrics name; a bad file is listed '
    'with its error and spoils no other';
GRANT EXECUTE ON FUNCTION internal_events.load_definitions(text, boolean) TO internal_events_admin;
