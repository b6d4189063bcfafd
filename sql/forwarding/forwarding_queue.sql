CREATE TABLE internal_events.forwarding_queue (
    event_id uuid PRIMARY KEY,
    event_definition_id integer NOT NULL,
    parameters text NOT NULL,
    is_alone boolean NOT NULL DEFAULT false
);
-- Rows come and go by the thousand while a backlog is sent; the space is wanted again at once.
ALTER TABLE internal_events.forwarding_queue SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
                                                  autovacuum_vacuum_cost_delay = 0, toast_tuple_target = 8160);
COMMENT ON TABLE internal_events.forwarding_queue IS
    'Events on their way to a Snowplow collector, as they were first sent: read from the log, not known to have arrived';
COMMENT ON COLUMN internal_events.forwarding_queue.event_id IS 'events.id, and eid';
COMMENT ON COLUMN internal_events.forwarding_queue.event_definition_id IS 'event_definitions.id, or 0';
COMMENT ON COLUMN internal_events.forwarding_queue.parameters IS
    'A JSON object of the protocol''s parameters, without stm: every attempt sends the same, but for that';
COMMENT ON COLUMN internal_events.forwarding_queue.is_alone IS 'A batch with the event was refused, so it is sent by itself';
GRANT SELECT ON internal_events.forwarding_queue TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.forwarding_queue', '');
