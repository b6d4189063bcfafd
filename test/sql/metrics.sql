-- Metrics: values that are live, views, ranges of days, and as_of.
\set SHOW_CONTEXT never
SET client_min_messages = error;
DROP EXTENSION IF EXISTS internal_events CASCADE;
CREATE EXTENSION internal_events CASCADE;
RESET client_min_messages;

SELECT internal_events.load_event_definition($$
action: issue_created
description: A user creates an issue
additional_properties: {label: {}, value: {}}
$$);
SELECT internal_events.load_event_definition('{action: issue_closed, description: A user closes an issue}');
SELECT internal_events.load_metric_definition($$
key_path: counts.issues_created
description: Issues
product_group: planning
tiers: [free, premium]
data_category: Operational
value_type: number
status: active
time_frame: [7d, 28d, all]
data_source: internal_events
events:
  - name: issue_created
$$, 'config/metrics/issues_created.yml');
SELECT internal_events.load_metric_definition($$
key_path: counts.issues_by_mail
description: Issues that came by mail
value_type: number
status: active
time_frame: all
data_source: internal_events
events:
  - {name: issue_created, filter: {label: mail}}
$$);
SELECT internal_events.load_metric_definition($$
key_path: sums.weight
description: Weight of all issues
value_type: number
status: active
time_frame: all
data_source: internal_events
events:
  - {name: issue_created, operator: sum(value)}
$$);
SELECT internal_events.load_metric_definition($$
key_path: uniques.planners
description: Users who plan
value_type: number
status: active
time_frame: [28d, all]
data_source: internal_events
events:
  - {name: issue_created, unique: user.id}
  - {name: issue_closed, unique: user.id}
$$);
SELECT internal_events.load_metric_definition($$
key_path: settings.database_version
description: The version
value_type: string
status: active
time_frame: none
data_source: system
$$);

SELECT key_path, time_frame, data_source, value_type, status, remedy FROM internal_events.metrics ORDER BY key_path COLLATE "C";
SET internal_events.as_of = '2026-03-11';
SELECT key_path, description, product_group, tiers, data_category, view_name, period_start, period_end, standard_error, path
  FROM internal_events.metrics ORDER BY key_path COLLATE "C";
RESET internal_events.as_of;
-- Without what is built in, which has other values in every installation.
CREATE VIEW event_values AS
SELECT key_path, value FROM internal_events.metric_values WHERE key_path ~ '^(counts|sums|uniques)\.' ORDER BY key_path COLLATE "C";
SELECT * FROM event_values;

-- Live: in the same transaction, in a savepoint, and not after a rollback.
BEGIN;
SELECT track_event('issue_created', user_id => 1, additional_properties => '{"label": "mail", "value": 2.5}');
SELECT internal_events.metric_value('uniques.planners'), internal_events.metric_value('counts.issues_created');
SAVEPOINT s;
SELECT track_event('issue_closed', user_id => 2);
SELECT internal_events.metric_value('uniques.planners');
ROLLBACK TO s;
SELECT internal_events.metric_value('uniques.planners');
SELECT track_event('issue_closed', user_id => 1), track_event('issue_created', user_id => 3);
SELECT * FROM event_values;
ROLLBACK;
SELECT count(*) FROM event_values WHERE value <> '0';
SELECT track_events('[{"event": "issue_created", "user_id": 1, "additional_properties": {"label": "mail", "value": 2.5}},
                      {"event": "issue_created", "user_id": 2, "additional_properties": {"label": "web", "value": 0.5}},
                      {"event": "issue_closed", "user_id": 2}, {"event": "issue_closed", "user_id": 3}]');
SELECT * FROM event_values;

-- The same after the rollup, from buckets; and more on top of it.
SELECT internal_events.rollup();
SELECT * FROM event_values;
SELECT internal_events.rollup();
SELECT track_event('issue_created', user_id => 1);
SELECT * FROM event_values;
SELECT * FROM internal_events.check_consistency();
BEGIN READ ONLY;
SELECT value FROM metrics."uniques.planners";
SELECT value FROM metrics."sums.weight";
COMMIT;

-- One by one.
SELECT internal_events.metric_value('counts.issues_created'), internal_events.metric_value(NULL) IS NULL AS null_of_null;
SELECT internal_events.metric_value('settings.database_version') IS NULL AS no_value_yet;
SELECT internal_events.metric_value('counts.unheard_of');

-- as_of moves all of them.
SET internal_events.as_of = '2001-09-11';
SELECT * FROM event_values;
SELECT DISTINCT time_frame, period_start, period_end FROM internal_events.metrics ORDER BY 1;
SET internal_events.as_of = '9999-12-31';
SELECT internal_events.metric_value('counts.issues_created'), internal_events.metric_value('counts.issues_created_weekly');
RESET internal_events.as_of;

-- Ranges of days.
CREATE FUNCTION today() RETURNS date LANGUAGE sql AS $$SELECT (now() AT TIME ZONE 'UTC')::date$$;
SELECT internal_events.unique_count('issue_created', 'user.id', today() - 1, today()),
       internal_events.unique_count('issue_created', 'user.id', '-infinity', 'infinity'),
       internal_events.unique_count('issue_created', 'user.id', today() - 9, today() - 2);
SELECT internal_events.total_count('issue_created', today() - 1, today()),
       internal_events.total_count('issue_created', today() - 1, today(), '{"label": "mail"}'),
       internal_events.total_count('issue_created', today() - 1, today(), '{}');
SELECT internal_events.unique_count('issue_created', 'project.id', today() - 1, today());
SELECT internal_events.unique_count('issue_created', 'user.id', today() - 1, today(), '{"label": "fax"}');
SELECT internal_events.unique_count('issue_created', 'user_id', today() - 1, today());
SELECT internal_events.unique_count('issue_created', NULL, today() - 1, today());
SELECT internal_events.unique_count('unheard_of', 'user.id', today() - 1, today());
SELECT internal_events.unique_count(NULL, 'user.id', today() - 1, today());
SELECT internal_events.total_count('issue_created', '2026-03-02', '2026-03-01');
SELECT internal_events.total_count('issue_created', NULL, '2026-03-01');
SELECT internal_events.total_count('issue_created', '2026-03-01', '2026-03-01', '{"label": "fax"}');
SELECT internal_events.total_count('issue_created', '2026-03-01', '2026-03-01', '[]');

-- View names: a name of PostgreSQL has at most 63 bytes; a key path may be longer, and equal in those to another one.
SELECT internal_events.load_metric_definition(format($$
key_path: usage.%s.%s
description: Two metrics that differ past the length of a name
value_type: number
status: active
time_frame: all
data_source: internal_events
events: [{name: issue_created, filter: {label: %s}}]
$$, repeat('long_', 12), label, label)) FROM unnest(ARRAY['mail', 'web']) label;
SELECT internal_events.load_metric_definition(format($$
key_path: %s
description: Exactly as long as a name may be
value_type: number
status: active
time_frame: [28d, all]
data_source: internal_events
events: [{name: issue_created}]
$$, repeat('x', 63)));
SELECT key_path, view_name, octet_length(view_name) AS length FROM internal_events.metrics
 WHERE octet_length(key_path) >= 63 ORDER BY key_path COLLATE "C" \gx
SELECT v.key_path ~ 'mail' AS mail, v.value FROM internal_events.metric_values v WHERE v.key_path ~ '^usage' ORDER BY 1;
SELECT view_name AS long_name FROM internal_events.metrics WHERE key_path ~ '^usage.*\.mail$' \gset
SELECT value FROM metrics.:"long_name";

-- Who may read.
CREATE ROLE regress_reader IN ROLE internal_events_reader;
CREATE ROLE "Regress guest";
SELECT internal_events.grant_metric('counts.issues_created', '"Regress guest"');
SELECT internal_events.grant_metric('counts.unheard_of', '"Regress guest"');
SELECT internal_events.grant_metric('settings.database_version', '"Regress guest"');
SET ROLE regress_reader;
SELECT key_path, value FROM internal_events.metric_values WHERE key_path = 'uniques.planners';
SELECT internal_events.metric_value('uniques.planners'), internal_events.unique_count('issue_created', 'user.id', today() - 1, today());
SELECT value FROM metrics."uniques.planners";
SELECT user_id FROM internal_events.events;
SELECT user_id FROM internal_events.unread_events;
SELECT * FROM internal_events.buckets;
SELECT internal_events.rollup();
SELECT track_event('issue_created');
SELECT internal_events.grant_metric('counts.issues_created', 'regress_reader');
SET ROLE "Regress guest";
SELECT value FROM metrics."counts.issues_created";
SELECT value FROM metrics."uniques.planners";
SELECT internal_events.metric_value('counts.issues_created');
RESET ROLE;
SELECT internal_events.revoke_metric('counts.issues_created', '"Regress guest"');
SET ROLE "Regress guest";
SELECT value FROM metrics."counts.issues_created";
RESET ROLE;
DROP ROLE regress_reader, "Regress guest";

-- The calculation can be read.
SELECT pg_get_viewdef('metrics."uniques.planners"'::regclass, true) ~ 'uniques' AS shows_how;

DROP FUNCTION today;
SET client_min_messages = error;
DROP EXTENSION internal_events CASCADE;
