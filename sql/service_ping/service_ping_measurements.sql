CREATE TABLE internal_events.service_ping_measurements (
    ping_id bigint NOT NULL,
    position integer NOT NULL,
    key_path text NOT NULL,
    time_frame text NOT NULL,
    kind text NOT NULL,
    value_type text NOT NULL,
    query text,
    status text CHECK (status IN ('ok', 'error', 'timeout', 'not_instrumented', 'not_measured')),
    value jsonb,
    standard_error double precision,
    sqlstate text,
    message text,
    elapsed double precision NOT NULL DEFAULT 0,
    batch integer NOT NULL DEFAULT 0,
    batches integer,
    progress jsonb,
    PRIMARY KEY (ping_id, position)
) WITH (fillfactor = 50);
COMMENT ON TABLE internal_events.service_ping_measurements IS
    'How each metric of a Service Ping was, or is being, measured; error texts stay here and are never sent';
COMMENT ON COLUMN internal_events.service_ping_measurements.ping_id IS 'service_pings.id';
COMMENT ON COLUMN internal_events.service_ping_measurements.position IS 'The order in which metrics are measured, from 1';
COMMENT ON COLUMN internal_events.service_ping_measurements.key_path IS 'metrics.key_path';
COMMENT ON COLUMN internal_events.service_ping_measurements.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.service_ping_measurements.kind IS
    'events, or the kind of the instrumentation; none: not instrumented';
COMMENT ON COLUMN internal_events.service_ping_measurements.value_type IS 'number, string, boolean or object';
COMMENT ON COLUMN internal_events.service_ping_measurements.query IS 'The SQL of the calculation, where it is one statement';
COMMENT ON COLUMN internal_events.service_ping_measurements.status IS
    'ok, error, timeout, not_instrumented, or not_measured: only a job asks the network; null: not measured yet';
COMMENT ON COLUMN internal_events.service_ping_measurements.value IS 'The value; null where it has none or failed';
COMMENT ON COLUMN internal_events.service_ping_measurements.standard_error IS 'Of an estimate, relative to the value';
COMMENT ON COLUMN internal_events.service_ping_measurements.sqlstate IS 'Of the error';
COMMENT ON COLUMN internal_events.service_ping_measurements.message IS 'The text of the error';
COMMENT ON COLUMN internal_events.service_ping_measurements.elapsed IS
    'Seconds that measuring took; event metrics are measured together and share the time';
COMMENT ON COLUMN internal_events.service_ping_measurements.batch IS 'Batches that have been counted';
COMMENT ON COLUMN internal_events.service_ping_measurements.batches IS 'An estimate of how many there are; null: not in batches';
COMMENT ON COLUMN internal_events.service_ping_measurements.progress IS 'Where counting goes on, and what has been counted';
GRANT SELECT ON internal_events.service_ping_measurements TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.service_ping_measurements', '');
