-- metric_history() and event_history(): what the metrics of events were on each of the last days.
BEGIN;
\ir ../support.psql
SELECT plan(16);

SET LOCAL TimeZone = 'Asia/Tokyo';
SELECT pg_temp.event(e, '{value}') FROM unnest(ARRAY['opened', 'closed']) e;
SELECT pg_temp.metric('total', '["7d", "28d", "all"]', '[{"name": "opened"}, {"name": "closed"}]');
SELECT pg_temp.metric('users', '"7d"', '[{"name": "opened", "unique": "user.id"}, {"name": "closed", "unique": "user.id"}]');
SELECT pg_temp.metric('sum', '"28d"', '[{"name": "opened", "operator": "sum(value)"}]');
SELECT pg_temp.metric('gone', '"all"', '[{"name": "opened"}]', '{"status": "removed"}');
SELECT pg_temp.instrumented('connections', '{"setting": "max_connections"}');
SELECT pg_temp.logged('opened', at, u, '{"value": 1.5}')
  FROM unnest(ARRAY['2026-12-07 23:59:59Z', '2026-12-08 00:00Z', '2027-01-03 00:00Z', '2027-01-04 12:00Z']::timestamptz[]) at,
       unnest(ARRAY[1, 2]) u;
SELECT pg_temp.logged('closed', '2027-01-03 23:59:59Z', u) FROM unnest(ARRAY[2, 3]) u;
SET LOCAL internal_events.as_of = '2027-01-04';

CREATE VIEW pg_temp.counted AS
SELECT h.key_path, h.day, h.value FROM internal_events.metric_history() h WHERE h.value <> 0;
PREPARE expected AS
VALUES ('sum', '2026-12-08'::date, 3.0), ('sum', '2027-01-03', 3.0), ('sum', '2027-01-04', 3.0),
       ('total', '2026-12-08', 2), ('total', '2027-01-03', 4), ('total', '2027-01-04', 2),
       ('total_monthly', '2026-12-08', 2), ('total_monthly', '2027-01-03', 4), ('total_monthly', '2027-01-04', 2),
       ('total_weekly', '2026-12-08', 2), ('total_weekly', '2027-01-03', 4), ('total_weekly', '2027-01-04', 2),
       ('users', '2026-12-08', 2), ('users', '2027-01-03', 3), ('users', '2027-01-04', 2);
SELECT set_eq('SELECT * FROM pg_temp.counted', 'expected', 'totals, sums and united uniques by day of UTC, in the unread log');
SELECT is(internal_events.rollup(), 10::bigint, 'and');
SELECT set_eq('SELECT * FROM pg_temp.counted', 'expected', 'in the buckets');
SELECT pg_temp.logged('opened', '2027-01-03 12:00Z', 9, '{"value": 0}', pg_current_xact_id()::text::bigint);
SELECT is((SELECT value FROM pg_temp.counted WHERE key_path = 'users' AND day = '2027-01-03'), 4::numeric, 'and in both, united');

SELECT is((SELECT jsonb_object_agg(key_path, days)
             FROM (SELECT h.key_path, count(*) AS days FROM internal_events.metric_history() h GROUP BY 1) d),
          '{"sum": 28, "total": 28, "users": 28, "total_weekly": 28, "total_monthly": 28}',
          'every active metric that counts events has each of 28 days, others have none');
SELECT is((SELECT daterange(min(h.day), max(h.day), '[]') FROM internal_events.metric_history() h),
          '[2026-12-08,2027-01-04]', 'the last one is as_of');
SELECT results_eq($$SELECT DISTINCT h.day FROM internal_events.metric_history(3) h ORDER BY 1$$,
                  $$VALUES ('2027-01-02'::date), ('2027-01-03'), ('2027-01-04')$$, 'another number of days');
SELECT is_empty($$SELECT FROM unnest(ARRAY[0, -1]) d, internal_events.metric_history(d) h$$, 'no days');
SELECT is_empty('SELECT FROM internal_events.metric_history(NULL)', 'none where the number is null');

SELECT set_eq($$SELECT h.event_name, h.day, h.total FROM internal_events.event_history() h WHERE h.total <> 0$$,
              $$VALUES ('opened', '2026-12-08'::date, 2::bigint), ('opened', '2027-01-03', 3), ('opened', '2027-01-04', 2),
                       ('closed', '2027-01-03', 2)$$, 'events by day');
SELECT is((SELECT count(*) FROM internal_events.event_history(5)), 10::bigint, 'every event has each day');
SELECT is_empty($$SELECT h.day FROM internal_events.event_history() h
                   WHERE h.total IS DISTINCT FROM internal_events.total_count(h.event_name, h.day, h.day)$$,
                'each is what total_count() says');

-- Days that have been merged cannot be told apart any more.
INSERT INTO internal_events.bucket_merges (merged_through) VALUES ('2026-12-31');
SELECT is((SELECT max(h.day) FROM internal_events.metric_history() h WHERE h.value IS NULL), '2026-12-31', 'merged days are null');
SELECT is((SELECT max(h.day) FROM internal_events.event_history() h WHERE h.total IS NULL), '2026-12-31', 'of events too');
SELECT is((SELECT sum(h.value) FROM internal_events.metric_history() h WHERE h.key_path = 'total'), 7::numeric, 'the others stay');

SET LOCAL ROLE internal_events_reader;
SELECT is((SELECT count(*) FROM internal_events.metric_history(1)), 5::bigint, 'a reader may ask');
SELECT * FROM finish();
ROLLBACK;
