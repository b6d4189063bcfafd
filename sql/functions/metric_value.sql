CREATE FUNCTION internal_events.metric_value(key_path text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    metric record;
    value jsonb;
BEGIN
    SELECT m.view_name INTO metric FROM internal_events.metric_time_frames m WHERE m.key_path = metric_value.key_path;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'metric "%" is not defined', key_path
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.metrics lists the key paths.';
    END IF;
    IF metric.view_name IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT to_jsonb(v.value) FROM %I.%I v', internal_events.metrics_schema(), metric.view_name) INTO value;
    RETURN value;
END
$$;
COMMENT ON FUNCTION internal_events.metric_value(text) IS
    'The value of one metric, live; null where it has none (internal_events.metrics says why)';
