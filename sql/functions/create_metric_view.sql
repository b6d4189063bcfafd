CREATE FUNCTION internal_events.create_metric_view(key_path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric record;
    calculation text;
    command text;
    name text;
    grants text[];
    granted text;
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
    name := format('%I.%I', internal_events.metrics_schema(), metric.view_name);
    command := format(
        'VIEW %s AS '
        'SELECT CASE WHEN t.answerable THEN %s END AS value '
        'FROM internal_events.time_frames t '
        'LEFT JOIN internal_events.bucket_values b '
        'ON b.rule_id IN (%s) AND b.day BETWEEN t.period_start AND t.period_end '
        'WHERE t.time_frame = %L GROUP BY t.answerable',
        name, calculation, metric.rule_ids, metric.time_frame);
    BEGIN
        EXECUTE 'CREATE OR REPLACE ' || command;
    EXCEPTION WHEN invalid_table_definition THEN
        -- A sum has another type than a count, so the view is made anew, with the grants that it had.
        SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name,
                                CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                                CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
          INTO grants
          FROM pg_class c
         CROSS JOIN LATERAL aclexplode(c.relacl) a
         WHERE c.oid = name::regclass AND a.grantee <> c.relowner;
        EXECUTE 'DROP VIEW ' || name;
        EXECUTE 'CREATE ' || command;
        FOREACH granted IN ARRAY coalesce(grants, '{}') LOOP
            EXECUTE granted;
        END LOOP;
    END;
    EXECUTE format('COMMENT ON VIEW %s IS %L', name, metric.description);
    EXECUTE format('GRANT SELECT ON %s TO internal_events_reader, internal_events_admin', name);
END
$$;
COMMENT ON FUNCTION internal_events.create_metric_view(text) IS
    'Makes, or makes anew with its grants kept, the view of a metric and time frame';
