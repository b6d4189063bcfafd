-- No trigger and no foreign key to another table: a cluster of nodes can share this one table (Citus).
CREATE TABLE internal_events.buckets (
    rule_id integer NOT NULL,
    day date NOT NULL,
    sketch @hll@.hll(14, 5),
    total bigint,
    sum numeric,
    PRIMARY KEY (rule_id, day)
);
COMMENT ON TABLE internal_events.buckets IS
    'What the rollup made of the log: one row a rule and day; read metrics, not this, as the newest events are missing';
COMMENT ON COLUMN internal_events.buckets.rule_id IS 'rules.id';
COMMENT ON COLUMN internal_events.buckets.day IS 'A day of UTC; -infinity: all days that were merged';
COMMENT ON COLUMN internal_events.buckets.sketch IS 'The elements of a unique rule; null for others';
COMMENT ON COLUMN internal_events.buckets.total IS 'The number of events; null for unique rules';
COMMENT ON COLUMN internal_events.buckets.sum IS 'The sum of values; null for rules without sum(value)';
GRANT SELECT ON internal_events.buckets TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.buckets', '');
