CREATE FUNCTION internal_events.metric_privileges(VARIADIC commands text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- A view reads tables with its owner's rights, but runs functions with those of whoever reads the view. Those of metric
    -- views are granted to the owner of such views by name. They compute and read nothing; without USAGE on their schema
    -- nobody can call them but through a view.
    functions text := (
        SELECT string_agg(p.oid::regprocedure::text, ', ')
          FROM pg_proc p
         CROSS JOIN LATERAL aclexplode(p.proacl) a
         WHERE p.pronamespace = 'internal_events'::regnamespace AND a.grantee = 'internal_events_metrics'::regrole);
    command text;
BEGIN
    FOREACH command IN ARRAY commands LOOP
        EXECUTE replace(replace(command, '{functions}', 'EXECUTE ON FUNCTION ' || functions),
                        '{schema}', format('USAGE ON SCHEMA %I', internal_events.metrics_schema()));
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.metric_privileges(text[]) IS
    'Part of grant_metric() and revoke_metric(): what reading a metric''s view takes beside SELECT on it';
