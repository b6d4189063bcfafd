CREATE VIEW internal_events.metrics AS
SELECT f.key_path,
       f.time_frame,
       d.data_source,
       d.definition ->> 'value_type' AS value_type,
       CASE WHEN d.status <> 'active' THEN d.status
            WHEN d.data_source = 'internal_events' THEN 'active'
            WHEN d.data_source IN ('redis', 'redis_hll') THEN 'not_migrated'
            ELSE 'not_instrumented'
       END AS status,
       CASE WHEN d.status <> 'active' OR d.data_source = 'internal_events' THEN NULL
            WHEN d.data_source IN ('redis', 'redis_hll')
            THEN 'Track its events with track_event() and set data_source to internal_events.'
            ELSE 'This version calculates event metrics only.'
       END AS remedy,
       d.definition ->> 'description' AS description,
       d.definition ->> 'product_group' AS product_group,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(d.definition -> 'tiers', 'null'),
                                                       nullif(d.definition -> 'tier', 'null'), '[]'))) AS tiers,
       lower(d.definition ->> 'data_category') AS data_category,
       f.view_name,
       t.period_start,
       t.period_end,
       CASE WHEN f.view_name IS NOT NULL
                 AND EXISTS (SELECT FROM internal_events.metric_rules mr
                               JOIN internal_events.rules r ON r.id = mr.rule_id
                              WHERE mr.metric_definition_id = d.id AND r.identifier IS NOT NULL)
            THEN 0.0081
       END AS standard_error,
       d.path
  FROM internal_events.metric_time_frames f
  JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
  LEFT JOIN internal_events.time_frames t ON t.time_frame = f.time_frame AND f.view_name IS NOT NULL;
COMMENT ON VIEW internal_events.metrics IS 'What is measured: one row a metric and time frame';
COMMENT ON COLUMN internal_events.metrics.key_path IS 'Where the metric stands in the Service Ping';
COMMENT ON COLUMN internal_events.metrics.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.metrics.data_source IS 'internal_events, database, system ...';
COMMENT ON COLUMN internal_events.metrics.value_type IS 'number, string, boolean or object';
COMMENT ON COLUMN internal_events.metrics.status IS
    'active; removed; broken; not_migrated: counted in Redis; not_instrumented: nobody has said how to calculate it';
COMMENT ON COLUMN internal_events.metrics.remedy IS 'What gives the metric a value; null where it has one or needs none';
COMMENT ON COLUMN internal_events.metrics.description IS 'What it counts, in words';
COMMENT ON COLUMN internal_events.metrics.product_group IS 'Who owns it';
COMMENT ON COLUMN internal_events.metrics.tiers IS 'The tiers of the product in which it exists';
COMMENT ON COLUMN internal_events.metrics.data_category IS 'standard, subscription, operational or optional';
COMMENT ON COLUMN internal_events.metrics.view_name IS 'Its view in the schema metrics; null where it has no value';
COMMENT ON COLUMN internal_events.metrics.period_start IS 'The first day it covers; -infinity: since the beginning';
COMMENT ON COLUMN internal_events.metrics.period_end IS 'The last day it covers';
COMMENT ON COLUMN internal_events.metrics.standard_error IS
    'Of a unique count, relative to the value; it is exact while a sketch holds its elements (up to 1,280 a bucket)';
COMMENT ON COLUMN internal_events.metrics.path IS 'The file of its definition';
