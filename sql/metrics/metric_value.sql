-- SQL of a definition never runs with the rights of this function's owner: measure_alone() sees to that.
CREATE FUNCTION internal_events.metric_value(key_path text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    metric record;
    value jsonb;
BEGIN
    SELECT m.instrumentation, m.view_name INTO metric
      FROM internal_events.reported_metrics m
     WHERE m.key_path = metric_value.key_path;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'metric "%" is not defined', key_path
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.metrics lists the key paths.';
    END IF;
    IF metric.view_name IS NULL THEN
        RETURN NULL;
    END IF;
    IF metric.instrumentation IS NULL THEN
        EXECUTE format('SELECT to_jsonb(v.value) FROM %I.%I v', internal_events.metrics_schema(), metric.view_name) INTO value;
        RETURN value;
    END IF;
    value := internal_events.run_instrumentation(key_path);
    IF value ->> 'sqlstate' = '57014' THEN
        RAISE EXCEPTION 'metric "%" takes longer than internal_events.metric_timeout', key_path
            USING ERRCODE = 'program_limit_exceeded', HINT = 'A Service Ping counts large tables in batches.';
    ELSIF value ->> 'sqlstate' IS NOT NULL THEN
        RAISE EXCEPTION 'metric "%": %', key_path, value ->> 'message'
            USING ERRCODE = value ->> 'sqlstate',
                  HINT = 'Its SQL runs with the rights of internal_events_reader, for at most internal_events.metric_timeout.';
    END IF;
    RETURN nullif(value -> 'value', 'null');
END
$$;
COMMENT ON FUNCTION internal_events.metric_value(text) IS
    'The value of one metric, live; null where it has none (internal_events.metrics says why)';
GRANT EXECUTE ON FUNCTION internal_events.metric_value(text) TO internal_events_reader, internal_events_admin;
