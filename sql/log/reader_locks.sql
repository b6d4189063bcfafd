CREATE TABLE internal_events.reader_locks (
    name text PRIMARY KEY
);
INSERT INTO internal_events.reader_locks (name) VALUES ('rollup'), ('forwarder');
COMMENT ON TABLE internal_events.reader_locks IS
    'A row to lock for each reader of the log: whoever has it acts for the reader; it is always there, and not dumped';
COMMENT ON COLUMN internal_events.reader_locks.name IS 'readers.name';
GRANT SELECT ON internal_events.reader_locks TO internal_events_admin;
