-- No foreign keys between these tables: a parallel restore loads them in any order.
CREATE TABLE internal_events.rules (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    canonical text NOT NULL UNIQUE,
    event_definition_id integer NOT NULL,
    identifier text,
    filter jsonb CHECK (filter <> '{}'),
    operator text CHECK (operator = 'sum(value)'),
    is_counted boolean NOT NULL DEFAULT false,
    is_plain_total boolean NOT NULL GENERATED ALWAYS AS (identifier IS NULL AND filter IS NULL AND operator IS NULL) STORED,
    CHECK (identifier IS NULL OR operator IS NULL)
);
CREATE INDEX rules_event_definition_id ON internal_events.rules (event_definition_id);
COMMENT ON TABLE internal_events.rules IS
    'Event selection rules: which events count, and what of them; equal rules of several metrics are one row';
COMMENT ON COLUMN internal_events.rules.id IS 'What buckets.rule_id refers to';
COMMENT ON COLUMN internal_events.rules.canonical IS 'The text that equal rules share';
COMMENT ON COLUMN internal_events.rules.event_definition_id IS 'The event: event_definitions.id';
COMMENT ON COLUMN internal_events.rules.identifier IS
    'What is counted once: user.id, project.id, namespace.id, or a property; null: every event';
COMMENT ON COLUMN internal_events.rules.filter IS
    'Properties that an event must have, with these values; null: every event counts';
COMMENT ON COLUMN internal_events.rules.operator IS 'sum(value): values are summed; null: events or uniques are counted';
COMMENT ON COLUMN internal_events.rules.is_counted IS
    'Whether the events that were in the log before the rule have been counted';
COMMENT ON COLUMN internal_events.rules.is_plain_total IS 'Whether it counts every event; each event has one such rule';
COMMENT ON INDEX internal_events.rules_event_definition_id IS 'Finds the rules of an event';
GRANT SELECT ON internal_events.rules TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.rules', '');
SELECT pg_extension_config_dump('internal_events.rules_id_seq', '');
