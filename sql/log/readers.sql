CREATE TABLE internal_events.readers (
    name text NOT NULL,
    cluster_id integer NOT NULL,
    snapshot pg_snapshot NOT NULL,
    finished boolean NOT NULL DEFAULT false,
    read_at timestamptz,
    partial_xid bigint,
    partial_id uuid,
    PRIMARY KEY (name, cluster_id)
);
COMMENT ON TABLE internal_events.readers IS
    'How far each reader of the log is: it has read what its snapshot sees, of the transactions of one cluster';
COMMENT ON COLUMN internal_events.readers.name IS 'The reader: rollup, or forwarder';
COMMENT ON COLUMN internal_events.readers.cluster_id IS
    'The cluster that the snapshot''s transaction ids count in; a restored database brings rows of another one along';
COMMENT ON COLUMN internal_events.readers.snapshot IS 'The events of transactions that it sees have been read';
COMMENT ON COLUMN internal_events.readers.finished IS 'Nothing more is to be read of that cluster';
COMMENT ON COLUMN internal_events.readers.read_at IS 'When the reader last went on';
COMMENT ON COLUMN internal_events.readers.partial_xid IS 'A transaction that has been read in part; null: there is none';
COMMENT ON COLUMN internal_events.readers.partial_id IS 'The last of its events that has been read, in the order of events.id';
GRANT SELECT ON internal_events.readers TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.readers', '');
