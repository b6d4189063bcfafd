CREATE FUNCTION internal_events.create_metric_view(key_path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric record;
    calculation text;
    command text;
BEGIN
    SELECT f.time_frame, f.view_name, d.definition ->> 'description' AS description,
           bool_or(r.identifier IS NOT NULL) AS is_unique, bool_or(r.operator IS NOT NULL) AS is_sum,
           string_agg(r.id::text, ', ' ORDER BY r.id) AS rule_ids
      INTO STRICT metric
      FROM internal_events.metric_time_frames f
      JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
      JOIN internal_events.metric_rules mr ON mr.metric_definition_id = d.id
      JOIN internal_events.rules r ON r.id = mr.rule_id
     WHERE f.key_path = create_metric_view.key_path
     GROUP BY f.time_frame, f.view_name, d.definition;
    calculation := CASE
        WHEN metric.is_unique THEN 'round(coalesce(internal_events.uniques(b.sketch), 0))::bigint'
        WHEN metric.is_sum THEN 'coalesce(sum(b.sum), 0)'
        ELSE 'coalesce(sum(b.total), 0)::bigint'
    END;
    command := format(
        'CREATE OR REPLACE VIEW %I.%I AS '
        'SELECT CASE WHEN t.answerable THEN %s END AS value '
        'FROM internal_events.time_frames t '
        'LEFT JOIN internal_events.bucket_values b '
        'ON b.rule_id IN (%s) AND b.day BETWEEN t.period_start AND t.period_end '
        'WHERE t.time_frame = %L GROUP BY t.answerable',
        internal_events.metrics_schema(), metric.view_name, calculation, metric.rule_ids, metric.time_frame);
    BEGIN
        EXECUTE command;
    EXCEPTION WHEN invalid_table_definition THEN
        -- A sum has another type than a count.
        EXECUTE format('DROP VIEW %I.%I', internal_events.metrics_schema(), metric.view_name);
        EXECUTE command;
    END;
    EXECUTE format('COMMENT ON VIEW %I.%I IS %L', internal_events.metrics_schema(), metric.view_name,
                   metric.description);
    EXECUTE format('GRANT SELECT ON %I.%I TO internal_events_reader, internal_events_admin',
                   internal_events.metrics_schema(), metric.view_name);
END
$$;
COMMENT ON FUNCTION internal_events.create_metric_view(text) IS
    'Makes, or makes anew with its grants kept, the view of a metric and time frame';
