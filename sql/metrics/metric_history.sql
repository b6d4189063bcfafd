-- Set-based, as event_metric_values is: each rule and day is read once, whatever number of metrics and time frames use it.
CREATE FUNCTION internal_events.metric_history(days integer DEFAULT 28)
RETURNS TABLE (key_path text, day date, value numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
    WITH measured AS (
        SELECT mr.metric_definition_id, b.day,
               CASE WHEN bool_or(r.identifier IS NOT NULL)
                    THEN round(coalesce(internal_events.uniques(b.sketch), 0))::numeric
                    WHEN bool_or(r.operator IS NOT NULL) THEN sum(b.sum)
                    ELSE sum(b.total)
               END AS value
          FROM internal_events.metric_rules mr
          JOIN internal_events.rules r ON r.id = mr.rule_id
          JOIN internal_events.bucket_values b
            ON b.rule_id = mr.rule_id AND b.day BETWEEN internal_events.as_of() - days + 1 AND internal_events.as_of()
         GROUP BY mr.metric_definition_id, b.day
    )
    SELECT f.key_path, d.day, CASE WHEN d.day > p.merged_through THEN coalesce(m.value, 0) END
      FROM internal_events.metric_time_frames f
     CROSS JOIN internal_events.rollup_position p
     CROSS JOIN (SELECT internal_events.as_of() - days + n AS day FROM generate_series(1, days) n) d
      LEFT JOIN measured m ON m.metric_definition_id = f.metric_definition_id AND m.day = d.day
     WHERE f.view_name IS NOT NULL
       AND EXISTS (SELECT FROM internal_events.metric_rules mr WHERE mr.metric_definition_id = f.metric_definition_id);
END;
COMMENT ON FUNCTION internal_events.metric_history(integer) IS
    'The value of every active metric that counts events on each of the last days, today included; null where days have been '
    'merged';
GRANT EXECUTE ON FUNCTION internal_events.metric_history(integer) TO internal_events_reader, internal_events_admin;
