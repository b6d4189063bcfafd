CREATE FUNCTION internal_events.load_definition_file(
    path text, yaml text, kind text, strict boolean, OUT name text, OUT error text, OUT is_unresolved boolean)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    is_unresolved := false;
    IF yaml IS NULL THEN
        error := path || ': could not be read as UTF-8 text of at most 1 MiB';
    ELSIF kind IS NULL THEN
        error := path || ': neither an event definition (key action) nor a metric definition (key key_path) nor an '
                         'instrumentation (keys instrumentation_class and instrumentation)';
    ELSIF kind = 'event' THEN
        name := internal_events.load_event_definition(yaml, path, strict);
    ELSIF kind = 'instrumentation' THEN
        name := internal_events.load_instrumentation(yaml, path, strict);
    ELSE
        SELECT string_agg(l, ', ') INTO name
          FROM internal_events.load_metric_definition(yaml, path, strict, count_retained => false) l;
    END IF;
EXCEPTION WHEN OTHERS THEN
    error := SQLERRM;
    is_unresolved := SQLSTATE = '42704';
END
$$;
COMMENT ON FUNCTION internal_events.load_definition_file(text, text, text, boolean) IS
    'Part of load_definitions(): loads one file; is_unresolved: it names a metric that may come with another file';
GRANT EXECUTE ON FUNCTION internal_events.load_definition_file(text, text, text, boolean) TO internal_events_admin;
