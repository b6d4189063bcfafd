CREATE VIEW internal_events.reported_metrics AS
SELECT f.key_path, f.time_frame, d.data_source, d.status, d.definition, d.instrumentation, f.query, f.components, f.view_name,
       d.path, d.problem, d.id AS metric_definition_id
  FROM internal_events.metric_time_frames f
  JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
UNION ALL
SELECT b.key_path, b.time_frame, b.data_source, 'active', b.definition, b.instrumentation, b.query, NULL, b.view_name,
       NULL, NULL, NULL
  FROM internal_events.built_in_metrics b
 WHERE NOT EXISTS (SELECT
                     FROM internal_events.metric_time_frames f
                     JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
                    WHERE f.key_path = b.key_path
                       OR d.status <> 'removed' AND (f.key_path ^@ (b.key_path || '.') OR b.key_path ^@ (f.key_path || '.')));
COMMENT ON VIEW internal_events.reported_metrics IS
    'Every metric and time frame, loaded or built in; a loaded one takes the place of the built-in one of its key path';
COMMENT ON COLUMN internal_events.reported_metrics.key_path IS 'Where the metric stands in the Service Ping';
COMMENT ON COLUMN internal_events.reported_metrics.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.reported_metrics.data_source IS 'internal_events, database, system ...';
COMMENT ON COLUMN internal_events.reported_metrics.status IS 'active, removed or broken, as the definition says';
COMMENT ON COLUMN internal_events.reported_metrics.definition IS 'The whole file';
COMMENT ON COLUMN internal_events.reported_metrics.instrumentation IS
    'How the value is calculated; null where events are counted or nobody has said it';
COMMENT ON COLUMN internal_events.reported_metrics.query IS 'The SQL of the instrumentation, where it is SQL and can run';
COMMENT ON COLUMN internal_events.reported_metrics.components IS 'The key paths that the value is made of';
COMMENT ON COLUMN internal_events.reported_metrics.view_name IS 'The view in the metrics schema; null where there is none';
COMMENT ON COLUMN internal_events.reported_metrics.path IS 'The file of its definition';
COMMENT ON COLUMN internal_events.reported_metrics.problem IS 'Why the value cannot be calculated yet';
COMMENT ON COLUMN internal_events.reported_metrics.metric_definition_id IS 'metric_definitions.id; null: built in';
GRANT SELECT ON internal_events.reported_metrics TO internal_events_admin;
