CREATE FUNCTION internal_events.check_cycle(key_path text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE parts (key_path) AS (
            SELECT unnest(f.components) FROM internal_events.metric_time_frames f WHERE f.key_path = check_cycle.key_path
            UNION
            SELECT unnest(f.components) FROM parts p JOIN internal_events.metric_time_frames f ON f.key_path = p.key_path
        )
        SELECT FROM parts p WHERE p.key_path = check_cycle.key_path
    ) THEN
        RAISE EXCEPTION 'instrumentation.add of "%": the metric would be made of itself', key_path
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave out the component that adds this metric.';
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.check_cycle(text) IS 'An error where a metric adds itself, by whatever way round';
