CREATE VIEW internal_events.sum_levels AS
WITH RECURSIVE levels (key_path, level) AS (
    SELECT f.key_path, 1
      FROM internal_events.metric_time_frames f
      JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
     WHERE d.instrumentation ->> 'kind' = 'numbers'
    UNION
    SELECT f.key_path, l.level + 1
      FROM levels l
      JOIN internal_events.metric_time_frames f ON l.key_path = ANY (f.components)
     WHERE l.level < 100
)
SELECT l.key_path, max(l.level) AS level FROM levels l GROUP BY l.key_path;
COMMENT ON VIEW internal_events.sum_levels IS
    'Metrics that add others, which may be sums themselves: those of level 1 come first';
COMMENT ON COLUMN internal_events.sum_levels.key_path IS 'metrics.key_path';
COMMENT ON COLUMN internal_events.sum_levels.level IS 'One more than the highest level of what it adds';
GRANT SELECT ON internal_events.sum_levels TO internal_events_admin;
