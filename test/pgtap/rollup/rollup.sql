-- The rollup: what it makes of the log, and which rows it leaves to the next one.
BEGIN;
\ir ../support.psql
SELECT plan(23);

SELECT pg_temp.event('issue_created', '{label,property,value,plan}');
SELECT pg_temp.event('issue_closed');
SELECT pg_temp.metric('counts.web', '"all"', '[{"name": "issue_created", "filter": {"label": "web"}}]');
SELECT pg_temp.metric('counts.value', '"all"', '[{"name": "issue_created", "operator": "sum(value)"}]');
SELECT pg_temp.metric('uniques.users', '"all"', '[{"name": "issue_created", "unique": "user.id"}]');
SELECT pg_temp.metric('uniques.projects', '"all"', '[{"name": "issue_created", "unique": "project.id"}]');
SELECT pg_temp.metric('uniques.namespaces', '"all"', '[{"name": "issue_created", "unique": "namespace.id"}]');
SELECT pg_temp.metric('uniques.labels', '"all"', '[{"name": "issue_created", "unique": "label"}]');
SELECT pg_temp.metric('uniques.properties', '"all"', '[{"name": "issue_created", "unique": "property"}]');
SELECT pg_temp.metric('uniques.values', '"all"', '[{"name": "issue_created", "unique": "value"}]');
SELECT pg_temp.metric('uniques.plans', '"all"', '[{"name": "issue_created", "unique": "plan"}]');
SELECT pg_temp.metric('uniques.web_users', '"all"',
                      '[{"name": "issue_created", "unique": "user.id", "filter": {"label": "web"}}]');

-- A row of the running transaction, and nothing else.
SELECT track_event('issue_created', user_id => 1);
SELECT is(internal_events.rollup(), 0::bigint, 'an event of the running transaction waits for the next rollup');
SELECT is_empty('SELECT FROM internal_events.buckets', 'and leaves no bucket behind');
SELECT is(internal_events.metric_value('uniques.users'), '1', 'though metrics count it already');
SELECT is((SELECT array_agg(u.own) FROM internal_events.unread_events u), '{t}', 'unread_events tells that it is our own');

-- The reader has come past these small transaction ids: as if the rollup had never run, they are all unread.
UPDATE internal_events.readers SET snapshot = '1:1:';
SELECT pg_temp.logged('issue_created', at, user_id, properties, project_id => 7, namespace_id => user_id % 2)
  FROM (VALUES ('2026-03-02 10:00Z'::timestamptz, 1, '{"label": "web", "property": "a", "value": 2, "plan": "free"}'::jsonb),
               ('2026-03-02 11:00Z', 2, '{"label": "api", "property": "a", "value": 0.5, "plan": "free"}'),
               ('2026-03-02 12:00Z', 2, '{"label": "web", "property": "b", "value": 2}'),
               ('2026-03-03 10:00Z', 1, '{"label": "web"}'),
               ('2026-03-03 11:00Z', NULL, NULL)) AS e (at, user_id, properties);
SELECT pg_temp.logged('issue_closed', '2026-03-02 10:00Z', 1);

SELECT is(internal_events.rollup(), 6::bigint, 'the rollup returns the events that it read');
SELECT set_eq('SELECT pg_temp.bucket_lines()', ARRAY[
    '{"event":"issue_closed"} 2026-03-02: 1 events',
    '{"event":"issue_created"} 2026-03-02: 3 events',
    '{"event":"issue_created"} 2026-03-03: 2 events',
    '{"event":"issue_created","filter":{"label":"web"}} 2026-03-02: 2 events',
    '{"event":"issue_created","filter":{"label":"web"}} 2026-03-03: 1 events',
    '{"event":"issue_created","operator":"sum(value)"} 2026-03-02: 3 events, sum 4.5',
    '{"event":"issue_created","operator":"sum(value)"} 2026-03-03: 2 events',
    '{"event":"issue_created","unique":"user.id"} 2026-03-02: 2 uniques',
    '{"event":"issue_created","unique":"user.id"} 2026-03-03: 1 uniques',
    '{"event":"issue_created","unique":"project.id"} 2026-03-02: 1 uniques',
    '{"event":"issue_created","unique":"project.id"} 2026-03-03: 1 uniques',
    '{"event":"issue_created","unique":"namespace.id"} 2026-03-02: 2 uniques',
    '{"event":"issue_created","unique":"namespace.id"} 2026-03-03: 1 uniques',
    '{"event":"issue_created","unique":"label"} 2026-03-02: 2 uniques',
    '{"event":"issue_created","unique":"label"} 2026-03-03: 1 uniques',
    '{"event":"issue_created","unique":"property"} 2026-03-02: 2 uniques',
    '{"event":"issue_created","unique":"value"} 2026-03-02: 2 uniques',
    '{"event":"issue_created","unique":"plan"} 2026-03-02: 1 uniques',
    '{"event":"issue_created","filter":{"label":"web"},"unique":"user.id"} 2026-03-02: 2 uniques',
    '{"event":"issue_created","filter":{"label":"web"},"unique":"user.id"} 2026-03-03: 1 uniques'],
    'every rule has its bucket of each day: totals, filters, sums and uniques of every kind of identifier');
SELECT is((SELECT sum(d.total) FROM internal_events.total_count('issue_created', '2026-03-02', '2026-03-03') d (total)),
          5::numeric, 'total_count() adds the days');
SELECT is(internal_events.unique_count('issue_created', 'user.id', '2026-03-02', '2026-03-03'), 2::bigint,
          'unique_count() unites them');
SELECT is(internal_events.rollup(), 0::bigint, 'the next rollup finds nothing');

-- As if the last rollup had run while 50 and 55 were in progress and 60 had not begun.
UPDATE internal_events.readers SET snapshot = '50:60:50,55';
SELECT pg_temp.logged('issue_closed', '2026-03-10 10:00Z', 1, xid => x) FROM unnest(ARRAY[40, 50, 55, 57, 59, 60, 70]) x;
SELECT is((SELECT count(*) FROM internal_events.unread_events u WHERE NOT u.own), 4::bigint,
          'unread are the transactions that were in progress (50, 55) and those that had not begun (60, 70)');
SELECT is(internal_events.rollup(), 4::bigint, 'the rollup reads exactly these');
SELECT is(internal_events.total_count('issue_closed', '2026-03-10', '2026-03-10'), 4::bigint, 'and adds them');
SELECT is(internal_events.rollup(), 0::bigint, 'once');

-- The second batch of a day goes into the bucket of the first.
UPDATE internal_events.readers SET snapshot = '80:80:';
SELECT pg_temp.logged('issue_created', '2026-03-02 23:59:59.999999Z', u, '{"label": "web", "value": 1}', xid => 80)
  FROM generate_series(1, 3) u;
SELECT pg_temp.logged('issue_created', '2026-03-03 00:00Z', 9, '{"value": -1.25}', xid => 80);
SELECT is(internal_events.rollup(), 4::bigint, 'a second batch');
SELECT set_eq($$SELECT l FROM pg_temp.bucket_lines() l WHERE l ~ '(operator|unique":"user.id)'$$, ARRAY[
    '{"event":"issue_created","operator":"sum(value)"} 2026-03-02: 6 events, sum 7.5',
    '{"event":"issue_created","operator":"sum(value)"} 2026-03-03: 3 events, sum -1.25',
    '{"event":"issue_created","unique":"user.id"} 2026-03-02: 3 uniques',
    '{"event":"issue_created","unique":"user.id"} 2026-03-03: 2 uniques',
    '{"event":"issue_created","filter":{"label":"web"},"unique":"user.id"} 2026-03-02: 3 uniques',
    '{"event":"issue_created","filter":{"label":"web"},"unique":"user.id"} 2026-03-03: 1 uniques'],
    'is added to sums (an empty one too) and united with sketches, and days change at midnight UTC');

-- Its day is the one on which it occurred.
UPDATE internal_events.readers SET snapshot = '90:90:';
SELECT pg_temp.logged('issue_closed', '2026-04-10 10:00Z', 1, xid => 90, occurred_at => '2026-04-01 23:30-04');
SELECT is(internal_events.rollup(), 1::bigint, 'an event that is told later');
SELECT is(internal_events.total_count('issue_closed', '2026-04-02', '2026-04-02'), 1::bigint,
          'counts on the day, in UTC, on which it occurred');
SELECT is(internal_events.total_count('issue_closed', '2026-04-10', '2026-04-10'), 0::bigint, 'not on that of its record');

-- Nobody else wrote to the log of this test, so the proof of exactly-once can hold only if the xids agree.
SELECT results_eq($$SELECT event_name, tracked - unread - rolled_up FROM internal_events.check_consistency()$$,
                  $$VALUES ('issue_closed', 3::bigint), ('issue_created', 0)$$,
                  'check_consistency() finds the three events that we slipped in behind the reader');
SELECT is((SELECT c.ok FROM internal_events.check_consistency() c WHERE c.event_name = 'issue_created'), true,
          'and says ok of the others');

-- A restored dump whose last transaction had the last id of an epoch: no snapshot may end in the id after that.
SELECT pg_temp.logged('issue_closed', '2026-04-11 10:00Z', 1, xid => (1::bigint << 32) - 1, cluster_id => c.cluster_id)
  FROM (SELECT internal_events.cluster_id() # 1) AS c (cluster_id);
INSERT INTO internal_events.readers (name, cluster_id, snapshot) VALUES ('rollup', internal_events.cluster_id() # 1, '1:1:');
SELECT is(internal_events.rollup(), 1::bigint, 'an event with the last transaction id of an epoch, from another cluster, is read');
SELECT is((SELECT pg_snapshot_xmax(r.snapshot) FROM internal_events.readers r WHERE r.cluster_id = internal_events.cluster_id() # 1),
          '4294967299', 'up to the first id that a transaction can have after it');
SELECT is(internal_events.rollup(), 0::bigint, 'once');

SELECT * FROM finish();
ROLLBACK;
