-- merge_buckets(): old days become one row a rule, and nothing but the answer to "which day?" is lost.
BEGIN;
\ir ../support.psql
SELECT plan(28);

-- Days are counted from today, since what is old is. 1,095 days of retention: day 1096 is merged, day 1095 is not.
CREATE FUNCTION pg_temp.days_ago(days integer) RETURNS date
LANGUAGE sql AS 'SELECT internal_events.utc_day(now()) - days';
CREATE FUNCTION pg_temp.noon(days_ago integer) RETURNS timestamptz
LANGUAGE sql AS $$SELECT (pg_temp.days_ago(days_ago) + time '12:00') AT TIME ZONE 'UTC'$$;

SELECT pg_temp.event('viewed', '{value}');
SELECT pg_temp.metric('viewed.total', '["7d", "all"]', '[{"name": "viewed"}]');
SELECT pg_temp.metric('viewed.users', '["28d", "all"]', '[{"name": "viewed", "unique": "user.id"}]');
SELECT pg_temp.metric('viewed.sum', '"all"', '[{"name": "viewed", "operator": "sum(value)"}]');

-- One user a day, user 1 on each of them, in old and in recent days.
SELECT pg_temp.logged('viewed', pg_temp.noon(d), u, '{"value": 0.5}')
  FROM unnest(ARRAY[1400, 1300, 1200, 1097, 1096, 1095, 500, 10]) d, unnest(ARRAY[1, d]) u;
-- A day that is too large to hold its elements one by one: 2,000 users.
SELECT pg_temp.logged('viewed', pg_temp.noon(1300), u) FROM generate_series(100001, 102000) u;
SELECT is(internal_events.rollup(), 2016::bigint, 'what is to be merged');

CREATE VIEW pg_temp.viewed AS SELECT v.key_path, v.value FROM internal_events.metric_values v WHERE v.key_path ^@ 'viewed.';
CREATE TEMP TABLE before AS SELECT v.key_path, v.value FROM pg_temp.viewed v;
SELECT is((SELECT b.value FROM before b WHERE b.key_path = 'viewed.total'), '2016', 'all-time totals before');
SELECT is((SELECT b.value FROM before b WHERE b.key_path = 'viewed.sum'), '8.0', 'all-time sums before');

SELECT is(internal_events.merge_buckets(), 15::bigint, 'five old days of three rules are merged');
SELECT set_eq($$SELECT DISTINCT b.day FROM internal_events.buckets b$$,
              $$SELECT unnest(ARRAY['-infinity', pg_temp.days_ago(1095), pg_temp.days_ago(500), pg_temp.days_ago(10)])$$,
              'into the day -infinity; the last day of the retention still stands');
SELECT results_eq('SELECT m.merged_through FROM internal_events.bucket_merges m', 'SELECT pg_temp.days_ago(1096)',
                  'bucket_merges says through which day');
SELECT results_eq('SELECT v.key_path, v.value FROM pg_temp.viewed v ORDER BY 1',
                  'SELECT b.key_path, b.value FROM before b ORDER BY 1', 'no value of any metric has changed');
SELECT is(internal_events.merge_buckets(), 0::bigint, 'merging again merges nothing');
SELECT is((SELECT count(*) FROM internal_events.bucket_merges), 1::bigint, 'and keeps one row');
SELECT ok((SELECT c.ok FROM internal_events.check_consistency() c), 'every event is still there');

-- Ranges of days that can be told and that cannot.
CREATE FUNCTION pg_temp.users(from_day date, to_day date) RETURNS bigint
LANGUAGE sql AS $$SELECT internal_events.unique_count('viewed', 'user.id', from_day, to_day)$$;
CREATE FUNCTION pg_temp.hint(query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE query;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN hint;
END
$$;
SELECT is(pg_temp.users(pg_temp.days_ago(1095), pg_temp.days_ago(0)), 4::bigint, 'days of the retention are told: 1, 1095, 500, 10');
SELECT is(pg_temp.users('-infinity', pg_temp.days_ago(1095)), internal_events.metric_value('viewed.users')::bigint - 2,
          'so are all days up to one of them');
SELECT throws_ok('SELECT pg_temp.users(pg_temp.days_ago(1200), pg_temp.days_ago(0))', '22023',
                 format('days up to %s have been merged', pg_temp.days_ago(1096)), 'not those that begin among merged days');
SELECT throws_ok('SELECT pg_temp.users(pg_temp.days_ago(1096), pg_temp.days_ago(0))', '22023', NULL, 'on the last of them too');
SELECT throws_ok($$SELECT pg_temp.users('-infinity', pg_temp.days_ago(1096))$$, '22023', NULL, 'or end there');
SELECT is(pg_temp.hint('SELECT pg_temp.users(pg_temp.days_ago(1200), pg_temp.days_ago(0))'),
          format('Ask from %s on, or from -infinity for all time. '
                 'internal_events.bucket_retention says how long days are kept apart.', pg_temp.days_ago(1095)),
          'the hint says from which day on');
SELECT throws_ok($$SELECT internal_events.total_count('viewed', '2026-03-02', '2026-03-01')$$, '22023',
                 'from_day 2026-03-02 lies after to_day 2026-03-01', 'an empty range is refused');
SELECT lives_ok($$SELECT internal_events.total_count('viewed', '2026-03-02', '2026-03-02')$$, 'one day is a range');

-- as_of among the merged days: null, not a wrong number.
SELECT set_config('internal_events.as_of', pg_temp.days_ago(1200)::text, true);
SELECT results_eq('SELECT v.key_path, v.value FROM pg_temp.viewed v ORDER BY 1',
                  $$VALUES ('viewed.sum', NULL::jsonb), ('viewed.total', NULL), ('viewed.total_weekly', NULL),
                           ('viewed.users', NULL), ('viewed.users_monthly', NULL)$$,
                  'as_of a merged day, values are null');
SELECT is(internal_events.metric_value('viewed.users'), NULL, 'metric_value() too');
RESET internal_events.as_of;

-- An event of a merged day that is read late.
CREATE TEMP TABLE late AS SELECT internal_events.metric_value('viewed.users')::bigint AS users;
UPDATE internal_events.readers SET snapshot = '50:50:';
SELECT pg_temp.logged('viewed', pg_temp.noon(1300), 1, '{"value": 1}', xid => 50);
SELECT pg_temp.logged('viewed', pg_temp.noon(1096), 5000000, '{"value": 1}', xid => 50);
SELECT is((SELECT array_agg(DISTINCT u.day) FROM internal_events.unread_events u), '{-infinity}', 'a late event of a merged day counts for -infinity');
SELECT is(internal_events.metric_value('viewed.total'), '2018', 'it is in all-time values before');
SELECT is(internal_events.rollup(), 2::bigint, 'and after');
SELECT is(internal_events.metric_value('viewed.total'), '2018', 'its rollup');
SELECT is(internal_events.metric_value('viewed.users')::bigint, (SELECT l.users + 1 FROM late l), 'a known user is not counted again');
SELECT is((SELECT min(b.day) FROM internal_events.buckets b WHERE b.day > '-infinity'), pg_temp.days_ago(1095),
          'and its day does not come back as a bucket');

-- The retention is a setting.
SET LOCAL internal_events.bucket_retention = '400d';
CREATE TEMP TABLE later AS SELECT v.key_path, v.value FROM pg_temp.viewed v;
SELECT is(internal_events.merge_buckets(), 6::bigint, 'a shorter retention merges more');
SELECT results_eq('SELECT v.key_path, v.value FROM pg_temp.viewed v ORDER BY 1',
                  'SELECT l.key_path, l.value FROM later l ORDER BY 1', 'into what was merged before');

SELECT * FROM finish();
ROLLBACK;
