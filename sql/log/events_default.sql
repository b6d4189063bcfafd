CREATE TABLE internal_events.events_default PARTITION OF internal_events.events DEFAULT;
ALTER TABLE internal_events.events_default REPLICA IDENTITY FULL;
DO $$
BEGIN
    EXECUTE format('CREATE INDEX events_default_xid ON internal_events.events_default USING brin (xid) '
                   'WITH (pages_per_range = %s)', internal_events.pages_per_range());
END
$$;
COMMENT ON TABLE internal_events.events_default IS
    'Catches events of weeks that have no partition yet; maintenance() moves them to their place';
COMMENT ON INDEX internal_events.events_default_xid IS 'Finds the rows that a reader has not seen yet';
GRANT SELECT ON internal_events.events_default TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.events_default', '');
