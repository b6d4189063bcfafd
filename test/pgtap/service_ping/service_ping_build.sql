-- Building a Service Ping step by step: it stores what the preview shows, once a week; and the preview changes nothing.
BEGIN;
\ir ../support.psql
SELECT plan(29);

CREATE TABLE public.orders (id integer PRIMARY KEY, state text, created_at timestamptz) WITH (fillfactor = 10);
INSERT INTO public.orders SELECT g, 's' || g % 2 || repeat('.', 700), now() - interval '5 days' FROM generate_series(1, 2200) g;
GRANT SELECT ON public.orders TO internal_events_reader;
SELECT pg_temp.event('opened');
SELECT track_event('opened', user_id => u) FROM generate_series(1, 4) u;
SELECT pg_temp.metric('e.total', '["7d", "28d", "all"]', '[{"name": "opened"}]');
SELECT pg_temp.metric('e.users', '["7d", "all"]', '[{"name": "opened", "unique": "user.id"}]');
SELECT pg_temp.instrumented('a.users', '{"union": ["e.users"]}', '{"data_source": "internal_events", "time_frame": "7d"}');
SELECT pg_temp.instrumented('d.orders', '{"operation": "count", "relation": "orders", "batch_size": 1000}', '{"time_frame": ["7d", "all"]}');
SELECT pg_temp.instrumented('d.digits', '{"sql": "SELECT 1.10"}'), pg_temp.instrumented('d.sum', '{"add": ["d.orders", "d.digits"]}'),
       pg_temp.instrumented('d.fails', '{"sql": "SELECT 1 / (random() * 0)::integer"}'),
           pg_temp.instrumented('d.connections', '{"setting": "max_connections"}');
SELECT pg_temp.metric('d.class', '"none"', NULL, '{"data_source": "system", "instrumentation_class": "NoMetric"}');
-- Without what changes from moment to moment.
CREATE FUNCTION pg_temp.still(ping json) RETURNS text
LANGUAGE sql AS $$SELECT regexp_replace(ping::text, '("recorded_at"|"size_bytes") *: *[^,}\s]*', '\1: ...', 'g')$$;

-- A look at it changes nothing.
CREATE FUNCTION pg_temp.contents() RETURNS TABLE (name text, digest text)
LANGUAGE plpgsql AS $$
BEGIN
    FOR name IN SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'internal_events'::regnamespace
        AND c.relkind IN ('r', 'p', 'S') LOOP
        EXECUTE format('SELECT md5(coalesce(string_agg(t::text, '';'' ORDER BY t::text), '''')) FROM (SELECT * FROM %s) t', name) INTO digest;
        RETURN NEXT;
    END LOOP;
END
$$;
CREATE TEMP TABLE contents AS SELECT * FROM pg_temp.contents();
CREATE TEMP TABLE looks (name text, ping json);
SAVEPOINT looking;
SET LOCAL transaction_read_only = on;
INSERT INTO looks VALUES ('payload', internal_events.service_ping_payload()), ('non_sql', internal_events.service_ping_non_sql()),
    ('queries', internal_events.service_ping_queries());
SELECT is((SELECT count(*) FROM looks l WHERE l.ping IS NOT NULL), 3::bigint, 'payload, non_sql and queries can be read in a read-only transaction');
ROLLBACK TO looking;
INSERT INTO looks VALUES ('payload', internal_events.service_ping_payload()), ('non_sql', internal_events.service_ping_non_sql()),
    ('queries', internal_events.service_ping_queries());
SELECT set_eq('SELECT * FROM pg_temp.contents()', 'SELECT * FROM contents', 'and change no table and no sequence');
SELECT is(pg_temp.still(internal_events.service_ping_payload()), (SELECT pg_temp.still(l.ping) FROM looks l WHERE l.name = 'payload'),
          'a second look shows the same text');

-- The same, built and kept.
CREATE FUNCTION pg_temp.build(id bigint) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    steps integer := 0;
    next record;
BEGIN
    LOOP
        SELECT * INTO next FROM internal_events.measure_next(build.id);
        steps := steps + 1;
        EXIT WHEN next.is_done OR steps > 100;
    END LOOP;
    PERFORM internal_events.finish_service_ping(build.id);
    RETURN steps;
END
$$;
SELECT b.id AS ping, b.is_ours AS ours FROM internal_events.begin_service_ping(false) b \gset
SELECT ok(:'ours', 'a ping begins, and is ours to build');
SELECT results_eq($$SELECT p.measured, p.metrics, p.key_path, p.is_running FROM internal_events.service_ping_progress p$$,
                  $$SELECT 1::bigint, count(*), 'e.total'::text, true FROM internal_events.service_ping_plan$$, 'its progress can be read');
CREATE ROLE adele IN ROLE internal_events_admin;
CREATE FUNCTION pg_temp.is_running() RETURNS boolean LANGUAGE sql SET role = adele
AS 'SELECT p.is_running FROM internal_events.service_ping_progress p';
SELECT ok(pg_temp.is_running(), 'by an administrator too, who is not the one that builds it');
SELECT results_eq($$SELECT p.status, p.payload IS NULL, p.week, p.backend_pid FROM internal_events.service_pings p$$,
                  $$SELECT 'building', true, internal_events.monday(internal_events.as_of()), pg_backend_pid()$$, 'and whose it is');
SELECT cmp_ok(pg_temp.build(:ping), '>=', 3, 'batches of large tables take steps of their own');
SELECT is((SELECT pg_temp.still(p.payload) FROM internal_events.service_pings p),
          (SELECT pg_temp.still(l.ping) FROM looks l WHERE l.name = 'payload'), 'what is built is what the preview showed, to the byte');
SELECT is((SELECT p.payload ->> 'recorded_at' FROM internal_events.service_pings p),
          (SELECT internal_events.iso_8601(p.recorded_at) FROM internal_events.service_pings p),
          'but for the moment, which is that of its beginning');
SELECT results_eq($$SELECT p.status, p.attempts, p.sent_at IS NULL, p.next_attempt_at <= clock_timestamp(), p.backend_pid
                  FROM internal_events.service_pings p$$,
                  $$VALUES ('built', 0, true, true, NULL::integer)$$, 'it is due');
SELECT results_eq($$SELECT p.metadata ->> 'uuid', p.metadata ->> 'recorded_at', (p.metadata ->> 'elapsed')::numeric > 0,
                  json_array_length(p.metadata -> 'metrics') FROM internal_events.service_pings p$$,
                  $$SELECT internal_events.instance_uuid()::text, p.payload ->> 'recorded_at', true,
                      (SELECT count(*)::integer FROM internal_events.service_ping_plan) FROM internal_events.service_pings p$$,
                  'its metadata say whose, when, how long, and of each metric');
SELECT results_eq($$SELECT m.key_path, m.status, m.sqlstate, m.message, m.batch > 1 FROM internal_events.service_ping_measurements m
                  WHERE m.key_path IN ('d.fails', 'd.class', 'd.orders') ORDER BY 1$$,
                  $$VALUES ('d.class', 'not_instrumented', NULL, NULL, false), ('d.fails', 'error', '22012', 'division by zero', false),
                      ('d.orders', 'ok', NULL, NULL, true)$$,
                  'and the table of measurements says why one failed');
SELECT is((SELECT p.payload #>> '{d,sum}' || ' ' || (p.payload #>> '{e,users}') FROM internal_events.service_pings p), '2201.10 4',
          'numbers are as they should be');
SELECT is_empty('SELECT * FROM internal_events.service_ping_progress', 'nothing is being built any more');

-- Once a week.
SELECT results_eq('SELECT b.id, b.is_ours FROM internal_events.begin_service_ping(false) b', format('VALUES (%s::bigint, false)', :ping),
                  'the same week has the same ping');
SELECT b.id AS forced, b.is_ours AS ours FROM internal_events.begin_service_ping(true) b \gset
SELECT ok(:forced > :ping AND :'ours', 'force begins another one');
SELECT pg_temp.build(:forced);
SELECT is((SELECT b.id FROM internal_events.begin_service_ping(false) b), :ping::bigint, 'after which the week''s is still the first');
SELECT internal_events.fail_service_ping(b.id, '57P01', 'the server stopped') FROM internal_events.begin_service_ping(true) b;
SELECT results_eq($$SELECT p.status, p.sqlstate, p.payload IS NULL FROM internal_events.service_pings p ORDER BY p.id DESC LIMIT 1$$,
                  $$VALUES ('failed', '57P01', true)$$, 'one that failed says so');
SET LOCAL internal_events.service_ping_building = off;
SELECT results_eq('SELECT b.id, b.is_ours FROM internal_events.begin_service_ping(true) b', 'VALUES (NULL::bigint, false)',
                  'where building is off, none begins');
SELECT isnt(internal_events.service_ping_payload()::text, NULL, 'which does not keep anybody from looking');
RESET internal_events.service_ping_building;
SELECT is((SELECT count(*) FROM internal_events.service_pings), 3::bigint, 'three were begun');

-- Next Monday, this week is the last one.
SELECT set_config('internal_events.as_of', (internal_events.monday(internal_events.utc_day(clock_timestamp())))::text, true);
SELECT is(internal_events.service_ping_payload() -> 'e' ->> 'total_weekly', '0', 'as of this Monday, this week''s events are not in the last one');
SELECT set_config('internal_events.as_of', (internal_events.monday(internal_events.utc_day(clock_timestamp())) + 7)::text, true);
SELECT is((SELECT jsonb_build_array(p -> 'e', p -> 'a') FROM (SELECT internal_events.service_ping_payload()::jsonb) o (p)),
          '[{"total": 4, "total_weekly": 4, "total_monthly": 4, "users": 4, "users_weekly": 4}, {"users": 4}]', 'as of the next one, they are');
SELECT b.id AS next, b.is_ours AS ours FROM internal_events.begin_service_ping(false) b \gset
SELECT ok(:next > :forced AND :'ours', 'and that week has a ping of its own');
SELECT pg_temp.build(:next);
SELECT results_eq($$SELECT p.week, p.payload -> 'e' ->> 'total_weekly' FROM internal_events.service_pings p ORDER BY p.id DESC LIMIT 1$$,
                  $$SELECT internal_events.monday(internal_events.utc_day(clock_timestamp())) + 7, '4'$$, 'with what the preview of it showed');

-- What is loaded while a ping is being built is for the next.
SELECT b.id AS another FROM internal_events.begin_service_ping(true) b \gset
SELECT pg_temp.instrumented('d.digits', '{"sql": "SELECT 2"}'), pg_temp.instrumented('d.late', '{"sql": "SELECT 3"}');
SELECT pg_temp.metric('e.users', '["7d", "all"]', '[{"name": "opened", "unique": "user.id"}]', '{"status": "removed"}');
SELECT pg_temp.build(:another);
SELECT is((SELECT concat_ws(' ', p.payload #>> '{d,digits}', p.payload #> '{d}' ->> 'late') FROM internal_events.service_pings p
          WHERE p.id = :another), '1.10', 'a ping has the metrics of its beginning');
SELECT is((SELECT r ->> 'status' FROM internal_events.service_pings p, json_array_elements(p.metadata -> 'metrics') r WHERE p.id = :another
          AND r ->> 'name' = 'e.users'), 'not_instrumented',
          'one that is removed meanwhile has no value');
SELECT is((SELECT count(*) FROM internal_events.service_pings p WHERE p.status = 'built'), 4::bigint, 'four are built');

SELECT * FROM finish();
ROLLBACK;
