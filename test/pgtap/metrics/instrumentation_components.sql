-- Metrics made of other metrics: sums (numbers), unions and intersections of unique event metrics (aggregate).
BEGIN;
\ir ../support.psql
SELECT plan(35);

SET LOCAL internal_events.as_of = '2026-03-31';
SELECT pg_temp.event(e) FROM unnest(ARRAY['opened', 'closed', 'read', 'never']) e;
SELECT pg_temp.metric(format('%s.%s', w, e), '["7d", "28d", "all"]', format('[{"name": "%s"%s}]', e, u)::jsonb)
  FROM unnest(ARRAY['opened', 'closed', 'read', 'never']) e, (VALUES ('total', ''), ('users', ', "unique": "user.id"')) v (w, u);
SELECT pg_temp.logged('opened', '2026-03-25 10:00Z', u) FROM generate_series(1, 6) u;
SELECT pg_temp.logged('closed', '2026-03-24 10:00Z', u) FROM generate_series(5, 8) u;
SELECT pg_temp.logged('closed', '2026-03-10 10:00Z', u) FROM generate_series(1, 2) u;
SELECT pg_temp.logged('read', '2026-01-10 10:00Z', u) FROM generate_series(5, 20) u;
CREATE FUNCTION pg_temp.made_of(name text, key text, parts text[], frames text DEFAULT '["7d", "28d", "all"]') RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT pg_temp.instrumented(name, jsonb_build_object(key, parts), jsonb_build_object(
        'time_frame', frames::jsonb, 'data_source', CASE frames WHEN '"none"' THEN 'system' ELSE 'internal_events' END))
$$;
CREATE FUNCTION pg_temp.frames_of(name text) RETURNS text
LANGUAGE sql AS $$
    SELECT concat_ws(' ', internal_events.metric_value(name || '_weekly'), internal_events.metric_value(name || '_monthly'),
                     internal_events.metric_value(name))
$$;

-- Sums.
SELECT pg_temp.made_of('sum.both', 'add', '{total.opened,total.closed}');
SELECT is(pg_temp.frames_of('sum.both'), '10 12 12', 'a sum takes of each metric its own time frame');
SELECT pg_temp.instrumented('n.' || n, jsonb_build_object('sql', 'SELECT ' || v))
  FROM (VALUES ('one', '0.10'), ('two', '0.2'), ('large', '9223372036854775807'), ('null', 'NULL::integer'),
      ('fails', '1 / (random() * 0)::integer')) o (n, v);
SELECT pg_temp.made_of('sum.' || n, 'add', p::text[], '"none"')
  FROM (VALUES ('decimals', '{n.one,n.two}'), ('large', '{n.large,n.two}'), ('mixed', '{total.opened_monthly,n.one}'), ('null', '{n.one,n.null}'),
               ('failed', '{n.one,n.fails}'), ('alone', '{n.one}')) o (n, p);
SELECT pg_temp.made_of('sum.a_of_sums', 'add', '{sum.decimals,sum.large,n.one}', '"none"');
SELECT pg_temp.made_of('sum.of_sums_of_sums', 'add', '{sum.a_of_sums,sum.decimals}', '"none"');
SELECT is(internal_events.metric_value(k)::text, v, k)
  FROM (VALUES ('sum.decimals', '0.30'), ('sum.large', '9223372036854775807.2'), ('sum.mixed', '6.10'), ('sum.null', NULL), ('sum.alone', '0.10'),
               ('sum.a_of_sums', '9223372036854775807.60'), ('sum.of_sums_of_sums', '9223372036854775807.90')) o (k, v);
SELECT throws_like($$SELECT internal_events.metric_value('sum.failed')$$, 'metric "sum.failed": %division by zero', 'a component that fails is told');
SELECT results_eq($$SELECT m.key_path, m.value::text, m.status, m.sqlstate FROM unnest(internal_events.preview_measurements()) m
                     WHERE m.key_path ^@ 'sum.' AND m.time_frame = 'none' ORDER BY m.key_path COLLATE "C"$$,
                  $$VALUES ('sum.a_of_sums', '9223372036854775807.60', 'ok', NULL::text), ('sum.alone', '0.10', 'ok', NULL),
                      ('sum.decimals', '0.30', 'ok', NULL),
                           ('sum.failed', NULL, 'ok', NULL), ('sum.large', '9223372036854775807.2', 'ok', NULL), ('sum.mixed', '6.10', 'ok', NULL),
                           ('sum.null', NULL, 'ok', NULL), ('sum.of_sums_of_sums', '9223372036854775807.90', 'ok', NULL)$$,
                  'a ping says the same, and null where a component is null or fails');
SELECT is((SELECT p.position > (SELECT max(o.position) FROM internal_events.service_ping_plan o
          WHERE o.key_path IN ('sum.decimals', 'sum.large', 'n.one'))
             FROM internal_events.service_ping_plan p WHERE p.key_path = 'sum.a_of_sums'), true, 'and measures sums after what they are made of');
SELECT pg_temp.instrumented('n.one', '{"sql": "SELECT 5"}');
SELECT is(internal_events.metric_value('sum.of_sums_of_sums')::text, '9223372036854775822.6', 'a component that is loaded anew counts anew');

-- A circle, closed by loading a metric anew.
SELECT pg_temp.made_of('circle.a', 'add', '{n.one}', '"none"');
SELECT pg_temp.made_of('circle.b', 'add', '{circle.a}', '"none"');
SELECT pg_temp.made_of('circle.c', 'add', '{circle.b,n.two}', '"none"');
SELECT throws_ok($$SELECT pg_temp.made_of('circle.a', 'add', '{n.two,circle.c}', '"none"')$$, '22023',
                 'instrumentation.add of "circle.a": the metric would be made of itself', 'a circle is refused');
SELECT throws_ok($$SELECT pg_temp.made_of('circle.a', 'add', '{circle.a}', '"none"')$$, '22023', NULL, 'however small');
SELECT is(internal_events.metric_value('circle.c')::text, '5.2', 'what was there before still counts');
-- Twenty levels of two sums that each add both below.
SELECT pg_temp.made_of('deep.a0', 'add', '{n.two}', '"none"'), pg_temp.made_of('deep.b0', 'add', '{n.two}', '"none"');
SELECT pg_temp.made_of('deep.' || w || i, 'add', ARRAY['deep.a' || i - 1, 'deep.b' || i - 1], '"none"')
  FROM (SELECT i, w FROM generate_series(1, 20) i, unnest(ARRAY['a', 'b']) w ORDER BY i OFFSET 0) o;
SET LOCAL statement_timeout = '20s';
SELECT is(pg_temp.measured('deep.a20'), 'ok 209715.2', 'a ping adds what is shared once a level, not once a path');
SELECT is((SELECT m.elapsed < 20 FROM unnest(internal_events.preview_measurements()) m WHERE m.key_path = 'deep.b20'), true, 'and quickly');
RESET statement_timeout;

-- Unions and intersections of small sets, which are exact.
SELECT pg_temp.made_of('any.two', 'union', '{users.opened,users.closed}');
SELECT pg_temp.made_of('any.three', 'union', '{users.opened,users.closed,users.read}');
SELECT pg_temp.made_of('all.two', 'intersect', '{users.opened,users.closed}');
SELECT pg_temp.made_of('all.three', 'intersect', '{users.opened,users.closed,users.read}');
SELECT pg_temp.made_of('all.never', 'intersect', '{users.opened,users.never}');
SELECT pg_temp.made_of('any.never', 'union', '{users.never}');
CREATE TEMP TABLE small (key text, value text);
INSERT INTO small VALUES ('any.two', '8 8 8'), ('any.three', '8 8 20'), ('all.two', '2 4 4'), ('all.three', '0 0 2'), ('all.never', '0 0 0'),
    ('any.never', '0 0 0');
SELECT is(pg_temp.frames_of(s.key), s.value, s.key || ', unread') FROM small s;
SELECT is(internal_events.rollup(), 28::bigint, 'a rollup');
SELECT set_eq('SELECT s.key, pg_temp.frames_of(s.key) FROM small s', 'SELECT * FROM small', 'changes none of them');
SELECT results_eq($$SELECT * FROM metrics."all.two"$$, $$VALUES (4::bigint, 0::double precision)$$,
                  'the view of an intersection states its error: none');
SELECT is((SELECT m.standard_error FROM internal_events.metrics m WHERE m.key_path = 'any.two'), 0.0081, 'a union has that of every unique count');
SELECT is(pg_temp.measured('all.three') || ', ' || pg_temp.measured('any.three'), 'ok 2, ok 20', 'a ping has both');

-- Large sets: estimates. 20,000 users each, half of whom are shared; 100 are shared by the last two.
UPDATE internal_events.readers SET snapshot = '50:50:';
INSERT INTO internal_events.events (xid, id, event_definition_id, cluster_id, tracked_at, user_id, send_to_snowplow)
SELECT 50, gen_random_uuid(), d.id, internal_events.cluster_id(), '2026-03-25 11:00Z', f.first + g, true
  FROM (VALUES ('opened', 100000), ('closed', 110000), ('read', 129900)) f (event, first)
  JOIN internal_events.event_definitions d ON d.name = f.event
 CROSS JOIN generate_series(0, 19999) g;
SELECT pg_temp.made_of('all.few', 'intersect', '{users.closed,users.read}');
CREATE FUNCTION pg_temp.error_of(key text, exact bigint) RETURNS double precision
LANGUAGE sql AS $$SELECT abs(internal_events.metric_value(key)::bigint - exact)::double precision / exact$$;
SELECT cmp_ok(pg_temp.error_of('any.two_weekly', 30008), '<', 3 * 0.0081::double precision, 'a union of 30,008: within three standard errors');
SELECT cmp_ok(pg_temp.error_of('all.two_weekly', 10002), '<', 3 * (SELECT v.standard_error FROM metrics."all.two_weekly" v),
              'an intersection of 10,002 too');
SELECT is((SELECT round(v.standard_error::numeric, 3) FROM metrics."all.two_weekly" v), 0.033, 'which is that of three estimates together');
SELECT is(internal_events.metric_value('all.few_weekly'), NULL, 'an intersection of 100 in 40,000 is less than its error: null');
SELECT is(pg_temp.measured('all.few_weekly'), 'ok', 'in a ping too');
SELECT ok((SELECT m.standard_error > 0.02 FROM unnest(internal_events.preview_measurements()) m WHERE m.key_path = 'all.two_weekly'),
          'whose metadata state the error');

-- What was merged cannot be told.
INSERT INTO internal_events.bucket_merges (merged_through) VALUES ('2026-03-26');
SET LOCAL internal_events.as_of = '2026-03-25';
SELECT is(pg_temp.frames_of('any.two') || pg_temp.frames_of('all.two'), '', 'values of merged days are null');

SELECT * FROM finish();
ROLLBACK;
