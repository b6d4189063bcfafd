CREATE TABLE internal_events.service_pings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    payload json,
    metadata json,
    status text NOT NULL CHECK (status IN ('building', 'failed', 'built', 'sending', 'sent', 'delivered', 'withheld')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    last_error text,
    sent_at timestamptz,
    response jsonb,
    week date NOT NULL,
    as_of date NOT NULL,
    moment timestamptz NOT NULL,
    forced boolean NOT NULL,
    uuid uuid NOT NULL,
    idempotency_key uuid NOT NULL DEFAULT gen_random_uuid(),
    built_at timestamptz,
    sqlstate text,
    backend_pid integer,
    backend_start timestamptz
);
CREATE UNIQUE INDEX service_pings_week ON internal_events.service_pings (week) WHERE NOT forced AND sqlstate IS NULL;
COMMENT ON TABLE internal_events.service_pings IS 'Every Service Ping that was built: what it says, and what became of it';
COMMENT ON COLUMN internal_events.service_pings.id IS 'What build_service_ping() returns';
COMMENT ON COLUMN internal_events.service_pings.recorded_at IS 'When its building began';
COMMENT ON COLUMN internal_events.service_pings.payload IS 'What is sent, byte for byte; null until it is built';
COMMENT ON COLUMN internal_events.service_pings.metadata IS 'How each metric was measured; never sent';
COMMENT ON COLUMN internal_events.service_pings.status IS
    'building; failed: building did not succeed; built: waits to be sent; sending; sent; delivered: by hand; '
    'withheld: never to be sent';
COMMENT ON COLUMN internal_events.service_pings.attempts IS 'How often it was sent, with or without success';
COMMENT ON COLUMN internal_events.service_pings.next_attempt_at IS 'When it is due; null: with the next ping, or never';
COMMENT ON COLUMN internal_events.service_pings.last_error IS 'Why the last attempt, or the building, failed';
COMMENT ON COLUMN internal_events.service_pings.sent_at IS 'When the receiver took it, or it was marked as delivered';
COMMENT ON COLUMN internal_events.service_pings.response IS 'What the receiver answered';
COMMENT ON COLUMN internal_events.service_pings.week IS 'The Monday of its ISO week; one ping a week, but for forced ones';
COMMENT ON COLUMN internal_events.service_pings.as_of IS 'The day from which time frames of events were computed';
COMMENT ON COLUMN internal_events.service_pings.moment IS 'The moment from which time frames of databases were computed';
COMMENT ON COLUMN internal_events.service_pings.forced IS 'Built with force, beside the ping of the week';
COMMENT ON COLUMN internal_events.service_pings.uuid IS 'The id of the installation then';
COMMENT ON COLUMN internal_events.service_pings.idempotency_key IS
    'Sent as a header, the same in each attempt, so that a receiver can recognise a repetition';
COMMENT ON COLUMN internal_events.service_pings.built_at IS 'When building ended';
COMMENT ON COLUMN internal_events.service_pings.sqlstate IS 'Of the error by which building failed; null: it did not fail';
COMMENT ON COLUMN internal_events.service_pings.backend_pid IS 'The session that builds or sends it';
COMMENT ON COLUMN internal_events.service_pings.backend_start IS 'When that session began, as process ids come again';
COMMENT ON INDEX internal_events.service_pings_week IS 'One ping an ISO week';
GRANT SELECT ON internal_events.service_pings TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.service_pings', '');
SELECT pg_extension_config_dump('internal_events.service_pings_id_seq', '');
