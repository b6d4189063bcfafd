-- Not SECURITY DEFINER: reading the server's files needs the caller's own right to it.
CREATE FUNCTION internal_events.load_definitions(
    directory text, strict boolean DEFAULT false, OUT path text, OUT kind text, OUT name text, OUT error text)
RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    file record;
    seen jsonb := '{}';
    key text;
BEGIN
    IF directory IS NULL THEN
        RAISE EXCEPTION 'directory is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Name a directory of the server.';
    END IF;
    FOR file IN
        SELECT f.path, f.yaml, i.kind, i.name
          FROM internal_events.definition_files(directory) f
          LEFT JOIN LATERAL internal_events.definition_identity(f.yaml) i ON true
         ORDER BY i.kind IS DISTINCT FROM 'event', f.path
    LOOP
        path := file.path;
        kind := file.kind;
        name := NULL;
        error := NULL;
        BEGIN
            IF file.yaml IS NULL THEN
                RAISE EXCEPTION '%: could not be read as UTF-8 text of at most 1 MiB', path;
            ELSIF kind IS NULL THEN
                RAISE EXCEPTION '%: neither an event definition (key action) nor a metric definition (key key_path)', path;
            END IF;
            key := kind || ' ' || file.name;
            IF seen ? key THEN
                RAISE EXCEPTION '%: % is defined in % too', path, key, seen ->> key
                    USING HINT = 'Keep one of the files.';
            END IF;
            IF kind = 'event' THEN
                name := internal_events.load_event_definition(file.yaml, path, strict);
            ELSE
                SELECT string_agg(l, ', ') INTO name
                  FROM internal_events.load_metric_definition(file.yaml, path, strict, count_retained => false) l;
            END IF;
            seen := seen || jsonb_build_object(key, path);
        EXCEPTION WHEN OTHERS THEN
            error := SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
    PERFORM internal_events.count_retained();
END
$$;
COMMENT ON FUNCTION internal_events.load_definitions(text, boolean) IS
    'Loads every .yml below a server directory, events first; a bad file is listed with its error and spoils no other';
