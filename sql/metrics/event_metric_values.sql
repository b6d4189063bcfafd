-- One set-based query for all metrics of events; each metric's own view calculates the same, alone.
CREATE VIEW internal_events.event_metric_values AS
SELECT f.key_path,
       CASE WHEN NOT t.answerable THEN NULL
            WHEN bool_or(r.identifier IS NOT NULL) THEN to_jsonb(round(coalesce(internal_events.uniques(b.sketch), 0))::bigint)
            WHEN bool_or(r.operator IS NOT NULL) THEN to_jsonb(coalesce(sum(b.sum), 0))
            ELSE to_jsonb(coalesce(sum(b.total), 0)::bigint)
       END AS value,
       bool_or(r.identifier IS NOT NULL) AS is_unique
  FROM internal_events.metric_time_frames f
  JOIN internal_events.time_frames t ON t.time_frame = f.time_frame
  JOIN internal_events.metric_rules mr ON mr.metric_definition_id = f.metric_definition_id
  JOIN internal_events.rules r ON r.id = mr.rule_id
  LEFT JOIN internal_events.bucket_values b ON b.rule_id = mr.rule_id AND b.day BETWEEN t.period_start AND t.period_end
 WHERE f.view_name IS NOT NULL
 GROUP BY f.metric_definition_id, f.time_frame, f.key_path, t.answerable;
COMMENT ON VIEW internal_events.event_metric_values IS 'The value of every active metric that counts events, live';
COMMENT ON COLUMN internal_events.event_metric_values.key_path IS 'metrics.key_path';
COMMENT ON COLUMN internal_events.event_metric_values.value IS
    'A number; null where the days asked for have been merged (internal_events.bucket_retention)';
COMMENT ON COLUMN internal_events.event_metric_values.is_unique IS 'Whether it counts uniques, by sketches';
GRANT SELECT ON internal_events.event_metric_values TO internal_events_admin;
