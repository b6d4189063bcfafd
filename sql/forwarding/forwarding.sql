CREATE TABLE internal_events.forwarding (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    backend_pid integer,
    backend_start timestamptz,
    run_began_at timestamptz,
    run_delivered bigint NOT NULL DEFAULT 0,
    width bigint NOT NULL DEFAULT 1024,
    failures_in_a_row integer NOT NULL DEFAULT 0,
    refused_in_a_row integer NOT NULL DEFAULT 0,
    is_paused boolean NOT NULL DEFAULT false,
    destination text,
    next_attempt_at timestamptz,
    last_error text,
    last_error_at timestamptz,
    last_delivery_at timestamptz,
    delivered bigint NOT NULL DEFAULT 0,
    not_eligible bigint NOT NULL DEFAULT 0,
    discarded bigint NOT NULL DEFAULT 0,
    dropped bigint NOT NULL DEFAULT 0
);
INSERT INTO internal_events.forwarding DEFAULT VALUES;
COMMENT ON TABLE internal_events.forwarding IS
    'How forwarding to Snowplow goes: the run under way, what went wrong, and what has been counted; one row, not dumped';
COMMENT ON COLUMN internal_events.forwarding.is_only_row IS 'Always true, so that there is one row';
COMMENT ON COLUMN internal_events.forwarding.backend_pid IS 'The session that sends; null: none does';
COMMENT ON COLUMN internal_events.forwarding.backend_start IS 'When that session began';
COMMENT ON COLUMN internal_events.forwarding.run_began_at IS 'When the last run began';
COMMENT ON COLUMN internal_events.forwarding.run_delivered IS 'Events that the last run has delivered';
COMMENT ON COLUMN internal_events.forwarding.width IS 'How many transaction ids are looked at together, so that a portion fills';
COMMENT ON COLUMN internal_events.forwarding.failures_in_a_row IS 'Failures since the last delivery, which the wait grows with';
COMMENT ON COLUMN internal_events.forwarding.refused_in_a_row IS 'Events that the collector refused since the last delivery';
COMMENT ON COLUMN internal_events.forwarding.is_paused IS 'The address or its access is wrong, so only a seldom try is made';
COMMENT ON COLUMN internal_events.forwarding.destination IS 'A fingerprint of the settings of the last run; others end a pause';
COMMENT ON COLUMN internal_events.forwarding.next_attempt_at IS 'Nothing is sent before; null: nothing is in the way';
COMMENT ON COLUMN internal_events.forwarding.last_error IS 'What last went wrong; null: nothing since the last delivery';
COMMENT ON COLUMN internal_events.forwarding.last_error_at IS 'When';
COMMENT ON COLUMN internal_events.forwarding.last_delivery_at IS 'When the collector last took something';
COMMENT ON COLUMN internal_events.forwarding.delivered IS 'Events that the collector has taken';
COMMENT ON COLUMN internal_events.forwarding.not_eligible IS 'Events that were read and are not to be sent';
COMMENT ON COLUMN internal_events.forwarding.discarded IS 'Events that an administrator gave up';
COMMENT ON COLUMN internal_events.forwarding.dropped IS 'Events that were lost unsent with their partition';
