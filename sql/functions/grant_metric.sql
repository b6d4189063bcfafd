CREATE FUNCTION internal_events.grant_metric(key_path text, role regrole) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name name;
BEGIN
    SELECT f.view_name INTO view_name FROM internal_events.metric_time_frames f WHERE f.key_path = grant_metric.key_path;
    IF view_name IS NULL THEN
        RAISE EXCEPTION 'metric "%" has no view', key_path
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.metrics lists key paths and view names.';
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %s', internal_events.metrics_schema(), role);
    EXECUTE format('GRANT SELECT ON %I.%I TO %s', internal_events.metrics_schema(), view_name, role);
    -- A view reads tables with its owner's rights, but runs functions with those of whoever reads the view. These
    -- compute and read nothing; without USAGE on their schema nobody can call them but through a view.
    EXECUTE format('GRANT EXECUTE ON FUNCTION internal_events.element(bigint), internal_events.element(text), '
                   'internal_events.element(jsonb), internal_events.cluster_id(), internal_events.utc_day(timestamptz), '
                   'internal_events.as_of(), internal_events.monday(date), internal_events.sketch_of(%1$I.hll_hashval), '
                   'internal_events.uniques(%1$I.hll) TO %2$s',
                   (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                     WHERE e.extname = 'hll'), role);
END
$$;
COMMENT ON FUNCTION internal_events.grant_metric(text, regrole) IS
    'Lets a role read one metric''s view, and no other; internal_events_reader reads all';
