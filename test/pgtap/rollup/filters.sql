-- Filters, unions and sums: exact values, several keys, several rules in one metric.
BEGIN;
\ir ../support.psql
SELECT plan(19);

SELECT pg_temp.event('deploy', '{label,property,value,target}');
SELECT pg_temp.event('release', '{label,value}');
SET LOCAL internal_events.as_of = '2026-03-31';

SELECT pg_temp.metric('f.number', '"all"', '[{"name": "deploy", "filter": {"target": 60}}]');
SELECT pg_temp.metric('f.decimal', '"all"', '[{"name": "deploy", "filter": {"target": 60.5}}]');
SELECT pg_temp.metric('f.text', '"all"', '[{"name": "deploy", "filter": {"target": "60"}}]');
SELECT pg_temp.metric('f.case', '"all"', '[{"name": "deploy", "filter": {"label": "Web"}}]');
SELECT pg_temp.metric('f.empty', '"all"', '[{"name": "deploy", "filter": {"label": ""}}]');
SELECT pg_temp.metric('f.both', '"all"', '[{"name": "deploy", "filter": {"label": "web", "value": 3}}]');

SELECT pg_temp.logged('deploy', '2026-03-02 10:00Z', n, p::jsonb)
  FROM unnest(ARRAY['{"target": 60}', '{"target": 60.0}', '{"target": 6e1}', '{"target": "60"}', '{"target": 60.5}',
                    '{"target": "60.0"}', '{"label": "Web"}', '{"label": "web"}', '{"label": "web ", "value": 3}',
                    '{"label": "web", "value": 3.00, "property": "x"}', '{"value": 3}', '{"label": ""}', NULL]) WITH ORDINALITY e (p, n);

CREATE FUNCTION pg_temp.values_below(prefix text) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT jsonb_object_agg(v.key_path, v.value) FROM internal_events.metric_values v WHERE v.key_path ^@ prefix
$$;

SELECT is(pg_temp.values_below('f.number'), '{"f.number": 3}', 'a number equals itself however it is written: 60, 60.0, 6e1');
SELECT is(pg_temp.values_below('f.decimal'), '{"f.decimal": 1}', 'decimals too');
SELECT is(pg_temp.values_below('f.text'), '{"f.text": 1}', 'the text 60 is not the number, nor the text 60.0');
SELECT is(pg_temp.values_below('f.case'), '{"f.case": 1}', 'case matters');
SELECT is(pg_temp.values_below('f.empty'), '{"f.empty": 1}', 'the empty text is a value, not the lack of one');
SELECT is(pg_temp.values_below('f.both'), '{"f.both": 1}', 'all keys have to match; further properties do no harm');
CREATE TEMP TABLE unread AS SELECT pg_temp.values_below('f.') AS seen;
SELECT is(internal_events.rollup(), 13::bigint, 'the rollup');
SELECT is(pg_temp.values_below('f.'), (SELECT seen FROM unread), 'finds the same in every filter as the unread log showed');
SELECT is(internal_events.total_count('deploy', '2026-03-02', '2026-03-02', '{"value": 3.0, "label": "web"}'), 1::bigint,
          'total_count() takes a filter, in any order and spelling of numbers');

-- Several rules in one metric. The deploys above have the users 1 to 13.
SELECT pg_temp.metric('u.users', '"28d"', '[{"name": "deploy", "unique": "user.id", "filter": {"label": "web"}},
                                            {"name": "deploy", "unique": "user.id", "filter": {"target": 60}},
                                            {"name": "release", "unique": "user.id"}]');
SELECT pg_temp.metric('t.total', '"28d"', '[{"name": "deploy", "filter": {"label": "web"}}, {"name": "deploy"},
                                            {"name": "release"}]');
SELECT pg_temp.metric('s.sum', '["28d", "all"]', '[{"name": "deploy", "operator": "sum(value)"},
                                          {"name": "release", "operator": "sum(value)", "filter": {"label": "x"}}]');
UPDATE internal_events.readers SET snapshot = '50:50:';
DELETE FROM internal_events.buckets;
UPDATE internal_events.events SET xid = 50;
SELECT pg_temp.logged('release', '2026-03-03 10:00Z', u, p::jsonb, xid => 50)
  FROM (VALUES (1, '{"label": "x", "value": 0.1}'), (2, '{"label": "x", "value": 0.2}'), (8, '{"label": "y", "value": 100}'),
               (77, '{"label": "x"}'), (NULL, NULL)) e (u, p);

SELECT is(internal_events.metric_value('u.users'), '6', 'uniques of several rules are united: 8, 10; 1, 2, 3; 1, 2, 8, 77');
SELECT is(internal_events.metric_value('t.total'), '20', 'totals are added, a match of two rules twice: 2 + 13 + 5');
SELECT is(internal_events.metric_value('s.sum'), '9.30', 'sums are added, exactly, in decimals: 3 + 3 + 3 + 0.1 + 0.2');
SELECT is(internal_events.metric_value('s.sum_monthly'), '9.30', 'over its days');
SELECT is(internal_events.rollup(), 18::bigint, 'after the rollup');
SELECT is(pg_temp.values_below('u.') || pg_temp.values_below('t.') || pg_temp.values_below('s.'),
          '{"u.users": 6, "t.total": 20, "s.sum": 9.3, "s.sum_monthly": 9.3}', 'they are the same');
SELECT results_eq($$SELECT v.key_path, v.value FROM internal_events.metric_values v ORDER BY 1$$,
                  $$SELECT m.key_path, internal_events.metric_value(m.key_path) FROM internal_events.metrics m ORDER BY 1$$,
                  'metric_values and metric_value() agree on every metric');
SET LOCAL internal_events.as_of = '2026-03-30';
SELECT is(internal_events.metric_value('s.sum_monthly'), '9.3', 'the four weeks before the Monday of as_of begin on 2 March');
SET LOCAL internal_events.as_of = '2026-03-02';
SELECT is(pg_temp.values_below('s.'), '{"s.sum": 9.0, "s.sum_monthly": 0}', 'all: up to as_of; 28d: before it, so nothing');
SET LOCAL internal_events.as_of = '2026-03-01';
SELECT is(pg_temp.values_below('t.') || pg_temp.values_below('u.') || pg_temp.values_below('s.'),
          '{"t.total": 0, "u.users": 0, "s.sum": 0, "s.sum_monthly": 0}', 'where nothing happened, values are 0, not null');

SELECT * FROM finish();
ROLLBACK;
