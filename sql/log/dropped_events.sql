CREATE TABLE internal_events.dropped_events (
    event_definition_id integer PRIMARY KEY,
    events bigint NOT NULL
);
COMMENT ON TABLE internal_events.dropped_events IS
    'How many events have left the log with their partitions, so that check_consistency() still adds up';
COMMENT ON COLUMN internal_events.dropped_events.event_definition_id IS 'event_definitions.id';
COMMENT ON COLUMN internal_events.dropped_events.events IS 'Events in dropped partitions';
GRANT SELECT ON internal_events.dropped_events TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.dropped_events', '');
