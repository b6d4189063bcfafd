-- The schema of metric views; its name is fixed here, in a function, because every session has to agree on it.
DO $$
DECLARE
    name text := coalesce(nullif(pg_catalog.current_setting('internal_events.metrics_schema', true), ''), 'metrics');
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = name) THEN
        RAISE EXCEPTION 'schema "%" for metric views exists', name
            USING ERRCODE = 'duplicate_schema',
                  HINT = 'SET internal_events.metrics_schema to another name, then run CREATE EXTENSION again.';
    END IF;
    EXECUTE pg_catalog.format('CREATE SCHEMA %I', name);
    EXECUTE pg_catalog.format('COMMENT ON SCHEMA %I IS %L', name, 'One view a metric and time frame, column value');
    EXECUTE pg_catalog.format(
        'CREATE FUNCTION internal_events.metrics_schema() RETURNS name LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %L::name',
        name);
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO internal_events_reader, internal_events_admin', name);
    EXECUTE pg_catalog.format('GRANT CREATE ON SCHEMA %I TO internal_events_metrics', name);
END
$$;
COMMENT ON FUNCTION internal_events.metrics_schema() IS
    'The schema of metric views, as internal_events.metrics_schema said at CREATE EXTENSION';
GRANT EXECUTE ON FUNCTION internal_events.metrics_schema() TO internal_events_reader, internal_events_admin;
