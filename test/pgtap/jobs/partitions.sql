-- maintenance(): partitions of the log are ISO weeks of UTC, made ahead, filled from the default one, dropped when read.
BEGIN;
\ir ../support.psql
SELECT plan(25);

-- What the partitioned table has beside its default partition: name and bounds, from the catalog.
CREATE FUNCTION pg_temp.partitions() RETURNS TABLE (name text, starts timestamptz, ends timestamptz)
LANGUAGE sql AS $$
    SELECT c.relname::text, b[1]::timestamptz, b[2]::timestamptz
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
     CROSS JOIN regexp_match(pg_get_expr(c.relpartbound, c.oid), $re$FROM \('(.*)'\) TO \('(.*)'\)$re$) b
     WHERE i.inhparent = 'internal_events.events'::regclass AND c.relname <> 'events_default'
$$;
-- The week that began so many weeks before or after this one.
CREATE FUNCTION pg_temp.week(ahead integer) RETURNS TABLE (name text, starts timestamptz, ends timestamptz)
LANGUAGE sql AS $$
    SELECT to_char(w, '"events_"YYYYMMDD'), w AT TIME ZONE 'UTC', (w + '7 days') AT TIME ZONE 'UTC'
      FROM date_trunc('week', now() AT TIME ZONE 'UTC' + ahead * interval '7 days') w
$$;
CREATE FUNCTION pg_temp.inside(ahead integer) RETURNS timestamptz
LANGUAGE sql AS $$SELECT starts + interval '3 days' FROM pg_temp.week(ahead)$$;
CREATE FUNCTION pg_temp.in_partitions(event text) RETURNS TABLE (partition text, events bigint)
LANGUAGE sql AS $$
    SELECT e.tableoid::regclass::text, count(*)
      FROM internal_events.events e
      JOIN internal_events.event_definitions d ON d.id = e.event_definition_id
     WHERE d.name = event
     GROUP BY 1
$$;

SELECT is_empty('SELECT * FROM pg_temp.partitions()', 'a fresh installation has the default partition only');
SELECT pg_temp.event('opened');
SELECT set_eq('SELECT * FROM pg_temp.partitions()',
              'SELECT w.* FROM generate_series(0, 2) a CROSS JOIN LATERAL pg_temp.week(a) w',
              'the first event definition makes this week and the next two, from Monday to Monday in UTC');
SELECT isnt(current_setting('TimeZone'), 'UTC', 'whatever time zone the session is in');
SELECT set_eq('SELECT p.partition::text, p.monday FROM internal_events.partition_weeks() p',
              $$SELECT 'internal_events.' || p.name AS p, (p.starts AT TIME ZONE 'UTC')::date AS monday FROM pg_temp.partitions() p$$,
              'partition_weeks() lists them');
SELECT is_empty('SELECT * FROM internal_events.maintenance()', 'maintenance finds nothing to do');

SELECT track_event('opened');
SELECT set_eq($$SELECT * FROM pg_temp.in_partitions('opened')$$,
              $$SELECT 'internal_events.' || w.name AS p, 1 AS n FROM pg_temp.week(0) w$$, 'an event goes into the partition of its week');
SELECT is((SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
            WHERE a.amname = 'brin' AND i.indrelid::regclass::text IN
                  (SELECT 'internal_events.' || p.name FROM pg_temp.partitions() p)),
          3::bigint, 'each partition has its BRIN index');
SELECT is((SELECT count(*) FROM pg_index i WHERE i.indrelid::regclass::text = (SELECT 'internal_events.' || w.name FROM pg_temp.week(0) w)),
          1::bigint, 'and no other');

-- Weeks that nobody has made a partition for: of long ago, of last week and of the far future.
SELECT pg_temp.event('closed');
SELECT pg_temp.logged('closed', pg_temp.inside(a), a) FROM unnest(ARRAY[-60, -60, -20, -1, 5]) a;
SELECT pg_temp.logged('closed', w.starts, 1) FROM pg_temp.week(-1) w;
SELECT pg_temp.logged('closed', w.ends - interval '1 us', 1) FROM pg_temp.week(-1) w;
SELECT results_eq($$SELECT * FROM pg_temp.in_partitions('closed')$$, $$VALUES ('internal_events.events_default', 7::bigint)$$,
                  'they fall into the default partition');
SELECT set_eq('SELECT m.action, m.object FROM internal_events.maintenance() m',
              $$SELECT 'created' AS a, w.name AS o FROM unnest(ARRAY[-60, -20, -1, 5]) a CROSS JOIN LATERAL pg_temp.week(a) w$$,
              'maintenance makes their partitions');
SELECT set_eq($$SELECT * FROM pg_temp.in_partitions('closed')$$,
              $$SELECT 'internal_events.' || w.name AS p, n FROM (VALUES (-60, 2), (-20, 1), (-1, 3), (5, 1)) v (a, n)
                 CROSS JOIN LATERAL pg_temp.week(a) w$$, 'and moves them there, edges included');
SELECT is_empty('SELECT FROM internal_events.events_default', 'the default partition is empty again');
SELECT is((SELECT count(*) FROM internal_events.unread_events u), 8::bigint, 'all are still unread');

-- Dropping: past the retention (90 days), and read by every reader.
SELECT is_empty('SELECT * FROM internal_events.maintenance()', 'an old partition stays while it is unread');
SELECT is(internal_events.rollup(), 7::bigint, 'once it is read');
SET LOCAL internal_events.snowplow_collector_url = 'http://127.0.0.1:9';
SET LOCAL internal_events.forwarding_retention = '36500d';
INSERT INTO internal_events.readers (name, cluster_id, snapshot) VALUES ('forwarder', internal_events.cluster_id(), '1:1:');
SELECT is_empty('SELECT * FROM internal_events.maintenance()', 'by all readers');
UPDATE internal_events.readers SET snapshot = pg_current_snapshot() WHERE name = 'forwarder';
SELECT set_eq('SELECT m.action, m.object FROM internal_events.maintenance() m',
              $$SELECT 'dropped' AS a, 'internal_events.' || w.name AS o FROM unnest(ARRAY[-60, -20]) a CROSS JOIN LATERAL pg_temp.week(a) w$$,
              'it goes');
SELECT set_eq('SELECT p.name FROM pg_temp.partitions() p',
              'SELECT w.name FROM unnest(ARRAY[-1, 0, 1, 2, 5]) a CROSS JOIN LATERAL pg_temp.week(a) w', 'and no other');
SELECT results_eq('SELECT c.event_name, c.tracked, c.rolled_up, c.unread, c.ok FROM internal_events.check_consistency() c',
                  $$VALUES ('closed', 7::bigint, 7::bigint, 0::bigint, true), ('opened', 1, 0, 1, true)$$,
                  'what went with it is still accounted for');

-- The edge of the retention: the partition goes when its last day is older.
SELECT pg_temp.logged('closed', pg_temp.inside(-2), 1);
SELECT internal_events.maintenance();
UPDATE internal_events.readers SET snapshot = pg_current_snapshot();
SELECT set_config('internal_events.event_retention',
                  ceil(extract(epoch FROM now() - w.ends) / 60)::integer + 1 || 'min', true) FROM pg_temp.week(-2) w;
SELECT is_empty('SELECT * FROM internal_events.drop_partitions()', 'a partition stays while any of its days is retained');
SELECT set_config('internal_events.event_retention',
                  (extract(epoch FROM now() - w.ends) / 60)::integer - 1 || 'min', true)
  FROM pg_temp.week(-2) w;
SELECT is((SELECT array_agg(d.object) FROM internal_events.drop_partitions() d),
          (SELECT ARRAY['internal_events.' || w.name] FROM pg_temp.week(-2) w), 'and goes when none is');

-- A table that an administrator made by hand is none of ours.
CREATE TABLE internal_events.events_archive (LIKE internal_events.events);
SELECT lives_ok('SELECT internal_events.maintenance()', 'other tables in the schema do no harm');
SELECT has_table('internal_events'::name, 'events_archive'::name, 'and stay');

-- Old buckets are merged by the same call.
SET LOCAL internal_events.bucket_retention = '28d';
DELETE FROM internal_events.buckets;
INSERT INTO internal_events.buckets (rule_id, day, total)
SELECT r.id, internal_events.utc_day(now()) - d, 1 FROM internal_events.rules r, unnest(ARRAY[29, 30]) d
 WHERE r.canonical = '{"event":"opened"}';
SELECT results_eq('SELECT m.action, m.object FROM internal_events.maintenance() m', $$VALUES ('merged', '2 buckets')$$,
                  'maintenance merges old buckets too');
SELECT is_empty('SELECT * FROM internal_events.maintenance()', 'once');

SELECT * FROM finish();
ROLLBACK;
