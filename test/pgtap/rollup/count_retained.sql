-- A metric that is loaded late: it counts what the log still has, each event once, whoever has read it.
BEGIN;
\ir ../support.psql
SELECT plan(17);

SELECT pg_temp.event('opened', '{label,value}');
SELECT pg_temp.event('other');
UPDATE internal_events.readers SET snapshot = '8:30:8,20';
-- Read; in progress at the last rollup and committed since; not begun then; and of a cluster that a dump came from.
SELECT pg_temp.logged('opened', '2026-03-02 10:00Z', 1, '{"label": "web", "value": 1}', xid => 5);
SELECT pg_temp.logged('opened', '2026-03-02 11:00Z', 1, '{"label": "api", "value": 2}', xid => 7);
SELECT pg_temp.logged('opened', '2026-03-03 10:00Z', 2, '{"label": "web", "value": 4}', xid => 20);
SELECT pg_temp.logged('opened', '2026-03-04 10:00Z', 3, '{"label": "web", "value": 8}', xid => 31);
SELECT pg_temp.logged('other', '2026-03-04 10:00Z', 9, xid => 5);
SELECT pg_temp.logged('opened', '2026-03-05 10:00Z', 4, '{"label": "web", "value": 16}', xid => 5, cluster_id => 77);
SELECT pg_temp.logged('opened', '2026-03-05 11:00Z', 5, '{"label": "web", "value": 32}', xid => 60, cluster_id => 77);
INSERT INTO internal_events.readers (name, cluster_id, snapshot) VALUES ('rollup', 77, '50:50:');
SELECT is((SELECT count(*) FROM internal_events.tracked_events e WHERE e.unread), 3::bigint,
          'three events are unread: in progress then, later, and the other cluster''s');

SELECT pg_temp.metric('late.users', '"all"', '[{"name": "opened", "unique": "user.id"}]');
SELECT pg_temp.metric('late.web', '"all"', '[{"name": "opened", "filter": {"label": "web"}}]');
SELECT pg_temp.metric('late.sum', '"all"', '[{"name": "opened", "operator": "sum(value)"}]');
SELECT set_eq('SELECT pg_temp.bucket_lines()',
              ARRAY['{"event":"opened","filter":{"label":"web"}} 2026-03-02: 1 events',
                    '{"event":"opened","filter":{"label":"web"}} 2026-03-05: 1 events',
                    '{"event":"opened","operator":"sum(value)"} 2026-03-02: 2 events, sum 3',
                    '{"event":"opened","operator":"sum(value)"} 2026-03-05: 1 events, sum 16',
                    '{"event":"opened","unique":"user.id"} 2026-03-02: 1 uniques',
                    '{"event":"opened","unique":"user.id"} 2026-03-05: 1 uniques'],
              'the events that have been read go into buckets, by the rules that are new');
SELECT is(internal_events.metric_value('late.users'), '5', 'uniques: read and unread');
SELECT is(internal_events.metric_value('late.web'), '5', 'a filtered total');
SELECT is(internal_events.metric_value('late.sum'), '63', 'a sum');
SELECT ok((SELECT bool_and(r.is_counted) FROM internal_events.rules r), 'no rule is left uncounted');

SELECT is(internal_events.rollup(), 3::bigint, 'the rollup goes on where it was');
SELECT is(internal_events.metric_value('late.users'), '5', 'the same uniques');
SELECT is(internal_events.metric_value('late.web'), '5', 'the same total, so nothing was counted twice');
SELECT is(internal_events.metric_value('late.sum'), '63', 'the same sum');

SELECT pg_temp.metric('late.weekly', '"7d"', '[{"name": "opened", "unique": "user.id"}]');
SELECT is(internal_events.metric_value('late.users'), '5', 'a rule that is there already is not counted again');
SELECT pg_temp.metric('later.web', '"all"', '[{"name": "opened", "unique": "user.id", "filter": {"label": "web"}}]');
SELECT is(internal_events.metric_value('later.web'), '5', 'nor are events lost to a rule that comes after the rollup');

-- A rule that was left uncounted, and that a rollup folded meanwhile.
SELECT internal_events.load_metric_definition(
    '{"key_path": "forgotten.api", "description": "A test metric", "value_type": "number", "status": "active",
      "time_frame": "all", "data_source": "internal_events", "events": [{"name": "opened", "filter": {"label": "api"}}]}',
    count_retained => false);
INSERT INTO internal_events.buckets (rule_id, day, total)
SELECT r.id, '2026-03-02', 1 FROM internal_events.rules r WHERE NOT r.is_counted;
SELECT lives_ok($$SELECT pg_temp.metric('later.api', '"all"',
                                        '[{"name": "opened", "unique": "user.id", "filter": {"label": "api"}}]')$$, 'does not keep another one from being loaded');
SELECT is(internal_events.metric_value('forgotten.api'), '1', 'and is counted with that, each event once');
SELECT internal_events.load_metric_definition(
    '{"key_path": "forgotten.sum", "description": "A test metric", "value_type": "number", "status": "active",
      "time_frame": "all", "data_source": "internal_events",
      "events": [{"name": "opened", "operator": "sum(value)", "filter": {"label": "api"}}]}', count_retained => false);
SELECT is(internal_events.rollup(), 0::bigint, 'a rollup');
SELECT is(internal_events.metric_value('forgotten.sum'), '2', 'counts one, too');

SELECT pg_temp.event('fresh');
SELECT is((SELECT r.is_counted FROM internal_events.rules r JOIN internal_events.event_definitions d
               ON d.id = r.event_definition_id WHERE d.name = 'fresh'), true, 'the total of a new event has no past');
SELECT * FROM finish();
ROLLBACK;
