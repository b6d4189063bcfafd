CREATE TABLE internal_events.instrumentations (
    instrumentation_class text NOT NULL,
    options jsonb NOT NULL DEFAULT 'null',
    instrumentation jsonb NOT NULL,
    definition jsonb NOT NULL,
    path text,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (instrumentation_class, options)
);
COMMENT ON TABLE internal_events.instrumentations IS 'What an instrumentation_class stands for in this database';
COMMENT ON COLUMN internal_events.instrumentations.instrumentation_class IS 'The name that metric definitions say';
COMMENT ON COLUMN internal_events.instrumentations.options IS
    'For metrics with these very options; JSON null: for those that no other row fits';
COMMENT ON COLUMN internal_events.instrumentations.instrumentation IS 'How the value is calculated';
COMMENT ON COLUMN internal_events.instrumentations.definition IS 'The whole file';
COMMENT ON COLUMN internal_events.instrumentations.path IS 'The file it was loaded from, if it was one';
COMMENT ON COLUMN internal_events.instrumentations.loaded_at IS 'When it was loaded or last changed';
GRANT SELECT ON internal_events.instrumentations TO internal_events_reader, internal_events_admin;
SELECT pg_extension_config_dump('internal_events.instrumentations', '');
