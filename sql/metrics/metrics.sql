CREATE VIEW internal_events.metrics AS
SELECT f.key_path,
       f.time_frame,
       f.data_source,
       f.definition ->> 'value_type' AS value_type,
       CASE WHEN f.status <> 'active' THEN f.status
            WHEN f.view_name IS NOT NULL OR f.instrumentation ->> 'kind' = 'prometheus' THEN 'active'
            WHEN f.instrumentation IS NOT NULL THEN 'not_available'
            WHEN f.data_source IN ('redis', 'redis_hll') THEN 'not_migrated'
            ELSE 'not_instrumented'
       END AS status,
       CASE WHEN f.status <> 'active' THEN NULL
            WHEN f.problem IS NOT NULL THEN f.problem || '. Mend it, then load the definition again.'
            WHEN f.view_name IS NOT NULL OR f.instrumentation IS NOT NULL THEN NULL
            WHEN f.data_source IN ('redis', 'redis_hll')
            THEN 'Track its events with track_event() and set data_source to internal_events.'
            WHEN f.definition ->> 'instrumentation_class' IS NOT NULL
            THEN format('Say what %s stands for here, by load_instrumentation().', f.definition ->> 'instrumentation_class')
            ELSE 'Say how it is calculated, by the key instrumentation of its definition.'
       END AS remedy,
       f.definition ->> 'description' AS description,
       f.definition ->> 'product_group' AS product_group,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(f.definition -> 'tiers', 'null'),
                                                       nullif(f.definition -> 'tier', 'null'), '[]'))) AS tiers,
       lower(f.definition ->> 'data_category') AS data_category,
       f.view_name,
       CASE WHEN f.instrumentation ->> 'kind' = 'database' THEN t.database_start
            WHEN coalesce(f.instrumentation ->> 'kind', 'aggregate') IN ('aggregate', 'numbers') THEN t.period_start
       END AS period_start,
       CASE WHEN f.instrumentation ->> 'kind' = 'database' THEN t.database_end
            WHEN coalesce(f.instrumentation ->> 'kind', 'aggregate') IN ('aggregate', 'numbers') THEN t.period_end
       END AS period_end,
       CASE WHEN f.view_name IS NULL THEN NULL
            WHEN f.instrumentation ->> 'operation' = 'estimate_distinct_count' OR f.instrumentation ? 'union'
                 OR f.instrumentation IS NULL
                    AND EXISTS (SELECT FROM internal_events.metric_rules mr
                                  JOIN internal_events.rules r ON r.id = mr.rule_id
                                 WHERE mr.metric_definition_id = f.metric_definition_id AND r.identifier IS NOT NULL)
            THEN internal_events.standard_error()
       END AS standard_error,
       f.path
  FROM internal_events.reported_metrics f
  LEFT JOIN internal_events.time_frames t ON t.time_frame = f.time_frame AND f.view_name IS NOT NULL;
COMMENT ON VIEW internal_events.metrics IS 'What is measured: one row a metric and time frame';
COMMENT ON COLUMN internal_events.metrics.key_path IS 'Where the metric stands in the Service Ping';
COMMENT ON COLUMN internal_events.metrics.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.metrics.data_source IS 'internal_events, database, system ...';
COMMENT ON COLUMN internal_events.metrics.value_type IS 'number, string, boolean or object';
COMMENT ON COLUMN internal_events.metrics.status IS
    'active; removed; broken; not_migrated: counted in Redis; not_instrumented: nobody has said how to calculate it; '
    'not_available: what it counts was not there when it was loaded';
COMMENT ON COLUMN internal_events.metrics.remedy IS 'What gives the metric a value; null where it has one or needs none';
COMMENT ON COLUMN internal_events.metrics.description IS 'What it counts, in words';
COMMENT ON COLUMN internal_events.metrics.product_group IS 'Who owns it';
COMMENT ON COLUMN internal_events.metrics.tiers IS 'The tiers of the product in which it exists';
COMMENT ON COLUMN internal_events.metrics.data_category IS
    'standard, subscription, operational or optional; null is optional';
COMMENT ON COLUMN internal_events.metrics.view_name IS 'Its view in the schema metrics; null where it has none';
COMMENT ON COLUMN internal_events.metrics.period_start IS 'The first day it covers; -infinity: since the beginning';
COMMENT ON COLUMN internal_events.metrics.period_end IS 'The last day it covers';
COMMENT ON COLUMN internal_events.metrics.standard_error IS
    'Of a unique count, relative to the value; it is exact while a sketch holds its elements (up to 1,280 a bucket). '
    'The view of an intersection has its own';
COMMENT ON COLUMN internal_events.metrics.path IS 'The file of its definition';
GRANT SELECT ON internal_events.metrics TO internal_events_reader, internal_events_admin;
