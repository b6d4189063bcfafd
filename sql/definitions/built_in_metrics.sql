-- Filled by CREATE EXTENSION from definitions/built_in, and not dumped.
CREATE TABLE internal_events.built_in_metrics (
    key_path text PRIMARY KEY,
    time_frame text NOT NULL,
    data_source text NOT NULL,
    definition jsonb NOT NULL,
    instrumentation jsonb NOT NULL,
    query text NOT NULL,
    view_name name NOT NULL
);
COMMENT ON TABLE internal_events.built_in_metrics IS
    'Metrics that every installation has; a definition of the same key path takes their place';
COMMENT ON COLUMN internal_events.built_in_metrics.key_path IS 'The place in the Service Ping';
COMMENT ON COLUMN internal_events.built_in_metrics.time_frame IS 'none';
COMMENT ON COLUMN internal_events.built_in_metrics.data_source IS 'system or database';
COMMENT ON COLUMN internal_events.built_in_metrics.definition IS 'The whole file';
COMMENT ON COLUMN internal_events.built_in_metrics.instrumentation IS 'How the value is calculated';
COMMENT ON COLUMN internal_events.built_in_metrics.query IS 'The SQL of the calculation';
COMMENT ON COLUMN internal_events.built_in_metrics.view_name IS 'The view in the metrics schema';
GRANT SELECT ON internal_events.built_in_metrics TO internal_events_admin;
