CREATE FUNCTION internal_events.load_instrumentation(yaml text, path text DEFAULT NULL, strict boolean DEFAULT false)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    compiled jsonb := internal_events.checked_definition('instrumentation', yaml, path, strict);
BEGIN
    INSERT INTO internal_events.instrumentations AS i (instrumentation_class, options, instrumentation, definition, path)
    VALUES (compiled ->> 'instrumentation_class', coalesce(compiled -> 'options', 'null'), compiled -> 'instrumentation',
            compiled -> 'definition', path)
        ON CONFLICT (instrumentation_class, options) DO UPDATE
       SET instrumentation = excluded.instrumentation, definition = excluded.definition, path = excluded.path,
           loaded_at = excluded.loaded_at
     WHERE (i.definition, i.path) IS DISTINCT FROM (excluded.definition, excluded.path);
    PERFORM internal_events.recompile_metrics(compiled ->> 'instrumentation_class');
    RETURN compiled ->> 'instrumentation_class';
END
$$;
COMMENT ON FUNCTION internal_events.load_instrumentation(text, text, boolean) IS
    'Checks and stores what an instrumentation_class stands for, and makes the metrics that name it; returns the class';
GRANT EXECUTE ON FUNCTION internal_events.load_instrumentation(text, text, boolean) TO internal_events_admin;
