CREATE TABLE internal_events.event_definitions (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('active', 'removed')),
    category text NOT NULL,
    identifiers text[] NOT NULL,
    additional_properties text[] NOT NULL,
    definition jsonb NOT NULL,
    path text,
    loaded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE internal_events.event_definitions IS 'Every event definition that is loaded';
COMMENT ON COLUMN internal_events.event_definitions.id IS 'What events.event_definition_id refers to';
COMMENT ON COLUMN internal_events.event_definitions.name IS 'The definition''s action: the name to track it by';
COMMENT ON COLUMN internal_events.event_definitions.status IS 'active, or removed: track_event() refuses it';
COMMENT ON COLUMN internal_events.event_definitions.category IS 'The Snowplow category';
COMMENT ON COLUMN internal_events.event_definitions.identifiers IS 'project, namespace, user: what goes with the event';
COMMENT ON COLUMN internal_events.event_definitions.additional_properties IS 'Names of the declared properties';
COMMENT ON COLUMN internal_events.event_definitions.definition IS 'The whole file, retired keys included';
COMMENT ON COLUMN internal_events.event_definitions.path IS 'The file it was loaded from, if it was one';
COMMENT ON COLUMN internal_events.event_definitions.loaded_at IS 'When it was loaded or last changed';
GRANT SELECT ON internal_events.event_definitions TO internal_events_reader, internal_events_admin;
SELECT pg_extension_config_dump('internal_events.event_definitions', '');
SELECT pg_extension_config_dump('internal_events.event_definitions_id_seq', '');
