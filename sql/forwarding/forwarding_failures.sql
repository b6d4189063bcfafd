CREATE TABLE internal_events.forwarding_failures (
    event_id uuid PRIMARY KEY,
    event_definition_id integer NOT NULL,
    event_name text,
    failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason text NOT NULL,
    parameters text
);
COMMENT ON TABLE internal_events.forwarding_failures IS
    'Events that cannot be forwarded as they are; resend_forwarding_failures() sends them again when that is mended';
COMMENT ON COLUMN internal_events.forwarding_failures.event_id IS 'events.id, and eid';
COMMENT ON COLUMN internal_events.forwarding_failures.event_definition_id IS 'event_definitions.id, or 0';
COMMENT ON COLUMN internal_events.forwarding_failures.event_name IS 'event_definitions.name; null: no definition has the event';
COMMENT ON COLUMN internal_events.forwarding_failures.failed_at IS 'When it was found out';
COMMENT ON COLUMN internal_events.forwarding_failures.reason IS 'What is wrong: said here before sending, or by the collector';
COMMENT ON COLUMN internal_events.forwarding_failures.parameters IS
    'What the collector refused; null: the event was found to be wrong before it was sent';
GRANT SELECT ON internal_events.forwarding_failures TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.forwarding_failures', '');
