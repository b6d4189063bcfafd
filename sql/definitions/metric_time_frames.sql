CREATE TABLE internal_events.metric_time_frames (
    key_path text PRIMARY KEY,
    metric_definition_id integer NOT NULL,
    time_frame text NOT NULL CHECK (time_frame IN ('7d', '28d', 'all', 'none')),
    view_name name UNIQUE,
    query text,
    components text[],
    UNIQUE (metric_definition_id, time_frame)
);
CREATE INDEX metric_time_frames_descendants ON internal_events.metric_time_frames (key_path text_pattern_ops);
COMMENT ON TABLE internal_events.metric_time_frames IS 'What is reported: one row a metric and time frame';
COMMENT ON COLUMN internal_events.metric_time_frames.key_path IS
    'The place in the Service Ping: _weekly and _monthly are appended for the 7d and 28d of a list of time frames';
COMMENT ON COLUMN internal_events.metric_time_frames.metric_definition_id IS 'metric_definitions.id';
COMMENT ON COLUMN internal_events.metric_time_frames.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.metric_time_frames.view_name IS
    'The view in the metrics schema; null where the metric has no value';
COMMENT ON COLUMN internal_events.metric_time_frames.query IS
    'The SQL of the calculation; null where events are counted or there is none';
COMMENT ON COLUMN internal_events.metric_time_frames.components IS 'The key paths that the value is made of; null: of none';
COMMENT ON INDEX internal_events.metric_time_frames_descendants IS 'Finds key paths below another one';
GRANT SELECT ON internal_events.metric_time_frames TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.metric_time_frames', '');
