CREATE TABLE internal_events.events_default PARTITION OF internal_events.events DEFAULT;
COMMENT ON TABLE internal_events.events_default IS
    'Catches events of weeks that have no partition yet; maintenance() moves them to their place';
SELECT pg_extension_config_dump('internal_events.events_default', '');
