CREATE VIEW internal_events.metric_values AS
SELECT e.key_path, e.value FROM internal_events.event_metric_values e
UNION ALL
SELECT f.key_path, internal_events.instrumented_value(f.key_path)
  FROM internal_events.reported_metrics f
 WHERE f.instrumentation IS NOT NULL AND f.view_name IS NOT NULL;
COMMENT ON VIEW internal_events.metric_values IS 'The value of every active metric, live';
COMMENT ON COLUMN internal_events.metric_values.key_path IS 'metrics.key_path';
COMMENT ON COLUMN internal_events.metric_values.value IS
    'As metrics.value_type says; null where the days asked for have been merged (internal_events.bucket_retention), or '
    'where the metric fails: metric_value() says why';
GRANT SELECT ON internal_events.metric_values TO internal_events_reader, internal_events_admin;
