CREATE VIEW internal_events.event_metrics AS
WITH RECURSIVE fed (event_definition_id, key_path, time_frame) AS (
    SELECT r.event_definition_id, f.key_path, f.time_frame
      FROM internal_events.rules r
      JOIN internal_events.metric_rules mr ON mr.rule_id = r.id
      JOIN internal_events.metric_time_frames f ON f.metric_definition_id = mr.metric_definition_id
    UNION
    SELECT e.event_definition_id, f.key_path, f.time_frame
      FROM fed e
      JOIN internal_events.metric_time_frames f ON e.key_path = ANY (f.components)
)
SELECT d.name AS event_name, e.key_path, e.time_frame
  FROM fed e
  JOIN internal_events.event_definitions d ON d.id = e.event_definition_id;
COMMENT ON VIEW internal_events.event_metrics IS
    'Which metrics an event feeds: those that count it, and those that are made of such metrics';
COMMENT ON COLUMN internal_events.event_metrics.event_name IS 'event_definitions.name';
COMMENT ON COLUMN internal_events.event_metrics.key_path IS 'metrics.key_path';
COMMENT ON COLUMN internal_events.event_metrics.time_frame IS 'metrics.time_frame';
GRANT SELECT ON internal_events.event_metrics TO internal_events_reader, internal_events_admin;
