CREATE FUNCTION internal_events.run_instrumentation(key_path text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric record;
    ran record;
    value jsonb;
    fault text;
BEGIN
    SELECT m.query, m.instrumentation ->> 'kind' AS kind,
           m.definition || jsonb_build_object('instrumentation', m.instrumentation) AS definition
      INTO metric
      FROM internal_events.reported_metrics m
     WHERE m.key_path = run_instrumentation.key_path;
    IF metric.query IS NULL THEN
        RETURN '{"value": null}';
    END IF;
    SELECT * INTO ran
      FROM internal_events.run_metric_query(metric.query, internal_events.runs_as_reader(metric.kind),
                                            internal_events.metric_timeout(), NULL);
    value := nullif(ran.result -> 'value', 'null');
    fault := internal_events.value_fault(metric.definition, value);
    IF fault IS NOT NULL THEN
        RETURN jsonb_build_object('value', NULL, 'sqlstate', '22023', 'message', fault);
    END IF;
    RETURN jsonb_build_object('value', value, 'sqlstate', ran.sqlstate, 'message', ran.message);
END
$$;
COMMENT ON FUNCTION internal_events.run_instrumentation(text) IS
    'Value, SQLSTATE and error text of a metric that is instrumented, in one statement';
