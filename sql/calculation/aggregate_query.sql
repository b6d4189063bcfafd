-- The rules are looked up when it runs, so that a component that is defined anew needs nothing else to be.
CREATE FUNCTION internal_events.aggregate_query(instrumentation jsonb, time_frame text, components text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format(
    CASE WHEN instrumentation ? 'union'
         THEN 'SELECT CASE WHEN t.answerable THEN internal_events.cardinality(internal_events.sketch_union(s.sketch)) END '
              'AS value%s '
              'FROM internal_events.time_frames t LEFT JOIN (%s) s ON true WHERE t.time_frame = %L GROUP BY t.answerable'
         ELSE 'SELECT i.value, i.standard_error%s '
              'FROM internal_events.time_frames t '
              'CROSS JOIN LATERAL internal_events.intersection(ARRAY(SELECT s.sketch FROM (%s) s)) i '
              'WHERE t.time_frame = %L AND t.answerable'
    END,
    internal_events.error_column(instrumentation),
    format('SELECT internal_events.sketch_union(b.sketch) AS sketch '
           'FROM internal_events.metric_time_frames f '
           'JOIN internal_events.time_frames p ON p.time_frame = f.time_frame '
           'JOIN internal_events.metric_rules m ON m.metric_definition_id = f.metric_definition_id '
           'LEFT JOIN internal_events.bucket_values b ON b.rule_id = m.rule_id AND b.day BETWEEN p.period_start AND p.period_end '
           'WHERE f.key_path = ANY (%L::text[]) GROUP BY f.key_path', components),
    time_frame);
COMMENT ON FUNCTION internal_events.aggregate_query(jsonb, text, text[]) IS
    'The SQL of a metric that unites or intersects unique event metrics';
