-- A restored dump brings its row beside the one that CREATE EXTENSION made: the oldest one counts, so a database keeps
-- its id wherever it goes.
CREATE TABLE internal_events.instance (
    uuid uuid NOT NULL,
    created_at timestamptz NOT NULL
);
ALTER TABLE internal_events.instance REPLICA IDENTITY FULL;
INSERT INTO internal_events.instance (uuid, created_at) VALUES (gen_random_uuid(), clock_timestamp());
COMMENT ON TABLE internal_events.instance IS 'The random id under which this installation reports; the oldest row counts';
COMMENT ON COLUMN internal_events.instance.uuid IS 'The id';
COMMENT ON COLUMN internal_events.instance.created_at IS 'When it was made';
GRANT SELECT ON internal_events.instance TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.instance', '');
