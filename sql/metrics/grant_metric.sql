CREATE FUNCTION internal_events.grant_metric(key_path text, role regrole) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name name := (SELECT f.view_name FROM internal_events.reported_metrics f
                        WHERE f.key_path = grant_metric.key_path);
BEGIN
    IF view_name IS NULL THEN
        RAISE EXCEPTION 'metric "%" has no view', key_path
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.metrics lists key paths and view names.';
    END IF;
    EXECUTE format('GRANT SELECT ON %I.%I TO %s', internal_events.metrics_schema(), view_name, role);
    PERFORM internal_events.metric_privileges(format('GRANT {schema} TO %s', role), format('GRANT {functions} TO %s', role));
END
$$;
COMMENT ON FUNCTION internal_events.grant_metric(text, regrole) IS
    'Lets a role read one metric''s view, and no other; internal_events_reader reads all';
GRANT EXECUTE ON FUNCTION internal_events.grant_metric(text, regrole) TO internal_events_admin;
