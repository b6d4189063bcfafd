CREATE FUNCTION internal_events.lacks_view(metric_id integer) RETURNS boolean
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT
                     FROM internal_events.metric_time_frames f
                    WHERE f.metric_definition_id = metric_id AND f.view_name IS NOT NULL
                      AND to_regclass(format('%I.%I', internal_events.metrics_schema(), f.view_name)) IS NULL);
END;
COMMENT ON FUNCTION internal_events.lacks_view(integer) IS
    'Whether a view of a metric is gone, as by DROP TABLE ... CASCADE of what it counts';
