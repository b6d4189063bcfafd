CREATE TABLE internal_events.metric_definitions (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_path text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('active', 'removed', 'broken')),
    data_source text NOT NULL,
    definition jsonb NOT NULL,
    path text,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    instrumentation jsonb,
    problem text
);
COMMENT ON TABLE internal_events.metric_definitions IS 'Every metric definition that is loaded';
COMMENT ON COLUMN internal_events.metric_definitions.id IS 'What metric_time_frames and metric_rules refer to';
COMMENT ON COLUMN internal_events.metric_definitions.key_path IS
    'As written; metric_time_frames has the reported ones, one a time frame';
COMMENT ON COLUMN internal_events.metric_definitions.status IS 'active, removed or broken';
COMMENT ON COLUMN internal_events.metric_definitions.data_source IS 'internal_events, database, system ...';
COMMENT ON COLUMN internal_events.metric_definitions.definition IS 'The whole file, retired keys included';
COMMENT ON COLUMN internal_events.metric_definitions.path IS 'The file it was loaded from, if it was one';
COMMENT ON COLUMN internal_events.metric_definitions.loaded_at IS 'When it was loaded or last changed';
COMMENT ON COLUMN internal_events.metric_definitions.instrumentation IS
    'How the value is calculated where no events are counted: by the file itself, its class, or as the built-in metric is';
COMMENT ON COLUMN internal_events.metric_definitions.problem IS
    'Why the value cannot be calculated as things were when it was loaded; null: it can';
GRANT SELECT ON internal_events.metric_definitions TO internal_events_reader, internal_events_admin;
SELECT pg_extension_config_dump('internal_events.metric_definitions', '');
SELECT pg_extension_config_dump('internal_events.metric_definitions_id_seq', '');
