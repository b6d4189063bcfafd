-- What is measured, and in which order: events together, then one by one, then what is made of other metrics.
CREATE VIEW internal_events.service_ping_plan AS
SELECT row_number() OVER (ORDER BY k.kind <> 'events', coalesce(l.level, 0), m.key_path)::integer AS position,
       m.key_path, m.time_frame, k.kind, m.definition ->> 'value_type' AS value_type, m.query,
       k.kind IN ('database', 'generic', 'numbers')
           AND m.query IS DISTINCT FROM (SELECT b.query FROM internal_events.built_in_metrics b WHERE b.key_path = m.key_path)
           AS is_sql
  FROM internal_events.reported_metrics m
  LEFT JOIN internal_events.sum_levels l ON l.key_path = m.key_path
 CROSS JOIN LATERAL (SELECT CASE WHEN m.status = 'active' AND m.instrumentation IS NOT NULL THEN m.instrumentation ->> 'kind'
                                 WHEN m.status = 'active' AND m.view_name IS NOT NULL THEN 'events'
                                 ELSE 'none'
                            END AS kind) k
 WHERE m.status <> 'removed'
   AND coalesce(lower(m.definition ->> 'data_category'), 'optional')
       = ANY (regexp_split_to_array(btrim(coalesce(internal_events.setting('service_ping_categories'), '')), '\s*,\s*'));
COMMENT ON VIEW internal_events.service_ping_plan IS 'The metrics of a Service Ping, in the order in which they are measured';
COMMENT ON COLUMN internal_events.service_ping_plan.position IS 'From 1';
COMMENT ON COLUMN internal_events.service_ping_plan.key_path IS 'metrics.key_path';
COMMENT ON COLUMN internal_events.service_ping_plan.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.service_ping_plan.kind IS 'events, or the kind of the instrumentation; none: not instrumented';
COMMENT ON COLUMN internal_events.service_ping_plan.value_type IS 'number, string, boolean or object';
COMMENT ON COLUMN internal_events.service_ping_plan.query IS 'The SQL of the calculation, where it is one statement';
COMMENT ON COLUMN internal_events.service_ping_plan.is_sql IS
    'Whether it takes SQL of a loaded definition, or is made of metrics that may';
GRANT SELECT ON internal_events.service_ping_plan TO internal_events_admin;
