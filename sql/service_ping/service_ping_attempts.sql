CREATE TABLE internal_events.service_ping_attempts (
    ping_id bigint NOT NULL,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    http_status integer,
    error text,
    PRIMARY KEY (ping_id, attempt)
);
COMMENT ON TABLE internal_events.service_ping_attempts IS 'Every attempt to send a Service Ping or the report of a failed build';
COMMENT ON COLUMN internal_events.service_ping_attempts.ping_id IS 'service_pings.id';
COMMENT ON COLUMN internal_events.service_ping_attempts.attempt IS 'From 1';
COMMENT ON COLUMN internal_events.service_ping_attempts.started_at IS 'When it began';
COMMENT ON COLUMN internal_events.service_ping_attempts.finished_at IS 'When it ended; null: under way, or the server stopped';
COMMENT ON COLUMN internal_events.service_ping_attempts.http_status IS 'What was answered; null: no answer';
COMMENT ON COLUMN internal_events.service_ping_attempts.error IS 'Why it failed; null: it succeeded';
GRANT SELECT ON internal_events.service_ping_attempts TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.service_ping_attempts', '');
