CREATE TABLE internal_events.metric_rules (
    metric_definition_id integer NOT NULL,
    rule_id integer NOT NULL,
    PRIMARY KEY (metric_definition_id, rule_id)
);
COMMENT ON TABLE internal_events.metric_rules IS 'The rules of each metric: uniques are united, totals and sums added';
COMMENT ON COLUMN internal_events.metric_rules.metric_definition_id IS 'metric_definitions.id';
COMMENT ON COLUMN internal_events.metric_rules.rule_id IS 'rules.id';
GRANT SELECT ON internal_events.metric_rules TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.metric_rules', '');
