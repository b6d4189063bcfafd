CREATE FUNCTION internal_events.event_query(key_path text) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('SELECT CASE WHEN t.answerable THEN %s END AS value '
                  'FROM internal_events.time_frames t '
                  'LEFT JOIN internal_events.bucket_values b '
                  'ON b.rule_id IN (%s) AND b.day BETWEEN t.period_start AND t.period_end '
                  'WHERE t.time_frame = %L GROUP BY t.answerable',
                  CASE WHEN bool_or(r.identifier IS NOT NULL)
                       THEN 'round(coalesce(internal_events.uniques(b.sketch), 0))::bigint'
                       WHEN bool_or(r.operator IS NOT NULL) THEN 'coalesce(sum(b.sum), 0)'
                       ELSE 'coalesce(sum(b.total), 0)::bigint'
                  END,
                  string_agg(r.id::text, ', ' ORDER BY r.id), f.time_frame)
      FROM internal_events.metric_time_frames f
      JOIN internal_events.metric_rules mr ON mr.metric_definition_id = f.metric_definition_id
      JOIN internal_events.rules r ON r.id = mr.rule_id
     WHERE f.key_path = event_query.key_path
     GROUP BY f.time_frame;
END;
COMMENT ON FUNCTION internal_events.event_query(text) IS 'The SQL of an event metric; null where a metric counts no events';
