-- Time frames, where years change: weeks are ISO weeks from Monday, days are days of UTC.
BEGIN;
\ir ../support.psql
SELECT plan(16);

CREATE FUNCTION pg_temp.frames(as_of date) RETURNS TABLE (frame text, period daterange)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('internal_events.as_of', as_of::text, true);
    RETURN QUERY SELECT t.time_frame, daterange(nullif(t.period_start, '-infinity'), t.period_end, '[]')
                   FROM internal_events.time_frames t;
END
$$;

-- Expected: the last complete week and the last four, as a calendar on paper shows them.
SELECT set_eq(format('SELECT * FROM pg_temp.frames(%L)', as_of),
              format('VALUES (''7d'', %L::daterange), (''28d'', %L), (''all'', %L)', week, month, '(,' || as_of || ']'), name)
  FROM (VALUES
    ('2026-12-31'::date, '[2026-12-21,2026-12-27]', '[2026-11-30,2026-12-27]', 'a Thursday of 2026-W53'),
    ('2027-01-01', '[2026-12-21,2026-12-27]', '[2026-11-30,2026-12-27]', '2027 begins inside of 2026-W53'),
    ('2027-01-03', '[2026-12-21,2026-12-27]', '[2026-11-30,2026-12-27]', 'its Sunday is not yet the end of it'),
    ('2027-01-04', '[2026-12-28,2027-01-03]', '[2026-12-07,2027-01-03]', 'on Monday of 2027-W01 it is complete'),
    ('2021-01-03', '[2020-12-21,2020-12-27]', '[2020-11-30,2020-12-27]', 'the Sunday of 2020-W53'),
    ('2021-01-04', '[2020-12-28,2021-01-03]', '[2020-12-07,2021-01-03]', '2021-W01'),
    ('2024-12-29', '[2024-12-16,2024-12-22]', '[2024-11-25,2024-12-22]', 'the Sunday of 2024-W52'),
    ('2024-12-30', '[2024-12-23,2024-12-29]', '[2024-12-02,2024-12-29]', '2024-12-30 is in 2025-W01'),
    ('2024-03-01', '[2024-02-19,2024-02-25]', '[2024-01-29,2024-02-25]', 'after a leap day')) AS t (as_of, week, month, name);

SELECT is(internal_events.monday(d), d - i, format('%s lies in the week of %s', d, d - i))
  FROM (VALUES ('2026-11-16'::date, 0), ('2026-11-22', 6)) t (d, i);

-- Events at the edges, told by callers in another time zone.
SET LOCAL TimeZone = 'Asia/Tokyo';
SELECT pg_temp.event('opened');
SELECT pg_temp.metric('opened', '["7d", "28d", "all"]', '[{"name": "opened"}]');
SELECT pg_temp.logged('opened', at) FROM unnest(ARRAY[
    '2026-12-06 23:59:59.999999Z', '2026-12-07 00:00Z',          -- the edge of the four weeks
    '2026-12-27 23:59:59.999999Z', '2026-12-28 00:00Z',          -- the edge of the last one
    '2027-01-03 23:59:59.999999Z', '2027-01-04 00:00Z']::timestamptz[]) at;
SET LOCAL internal_events.as_of = '2027-01-04';
SELECT is((SELECT jsonb_object_agg(v.key_path, v.value) FROM internal_events.metric_values v WHERE v.key_path ^@ 'opened'),
          '{"opened_weekly": 2, "opened_monthly": 4, "opened": 6}', 'edges, in the unread log');
SELECT is(internal_events.rollup(), 6::bigint, 'and');
SELECT is((SELECT jsonb_object_agg(v.key_path, v.value) FROM internal_events.metric_values v WHERE v.key_path ^@ 'opened'),
          '{"opened_weekly": 2, "opened_monthly": 4, "opened": 6}', 'in the buckets');
SELECT is((SELECT array_agg(b.day ORDER BY b.day) FROM internal_events.buckets b),
          '{2026-12-06,2026-12-07,2026-12-27,2026-12-28,2027-01-03,2027-01-04}', 'whose days are of UTC, not of the session');

-- Without as_of it is today in UTC, which in Tokyo has begun hours ago or not.
RESET internal_events.as_of;
SELECT is(internal_events.as_of(), (statement_timestamp() AT TIME ZONE 'UTC')::date, 'by default as_of is today in UTC');

SELECT * FROM finish();
ROLLBACK;
