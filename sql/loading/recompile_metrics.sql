CREATE FUNCTION internal_events.recompile_metrics(instrumentation_class text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric record;
BEGIN
    -- JSON is YAML, so what is stored can be compiled again.
    FOR metric IN
        SELECT d.definition::text AS yaml, d.path
          FROM internal_events.metric_definitions d
         WHERE d.definition ->> 'instrumentation_class' = recompile_metrics.instrumentation_class AND d.status = 'active'
         ORDER BY d.id
    LOOP
        PERFORM internal_events.store_metric_definition(
            internal_events.checked_definition('metric', metric.yaml, metric.path, false), metric.path);
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.recompile_metrics(text) IS 'Makes the metrics of an instrumentation_class anew';
