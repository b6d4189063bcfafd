-- Metrics of kind database: operations, conditions, groups, time frames, and what is wrong with a definition.
BEGIN;
\ir ../support.psql
SELECT plan(28);

SET LOCAL TimeZone = 'America/New_York';
SET LOCAL internal_events.as_of = '2026-03-30';
CREATE TABLE public.orders (id bigint PRIMARY KEY, "State" text, amount numeric(9, 2), customer integer, created_at timestamptz,
                            local_at timestamp, day date);
-- 28d is from 28 February 00:00 to 28 March 00:00, 7d from 21 March 00:00 on, in UTC, both ends included.
INSERT INTO public.orders
SELECT o.id, o.state, o.amount, o.customer, o.at, o.at AT TIME ZONE 'UTC', (o.at AT TIME ZONE 'UTC')::date
  FROM (VALUES (1, 'new', 1.50, 1, '2026-02-27 23:59:59.999999Z'::timestamptz), (2, 'new', 20, 1, '2026-02-28 00:00Z'),
               (3, 'done', 30.25, 2, '2026-03-20 23:59:59.999999Z'), (4, 'done', NULL, 3, '2026-03-21 00:00Z'),
               (5, NULL, 50, 3, '2026-03-28 00:00Z'), (6, 'done', 60, NULL, '2026-03-28 00:00:00.000001Z'),
               (7, 'new', 5, 1, '2026-03-29 23:59Z'), (8, 'lost', NULL, NULL, NULL)) o (id, state, amount, customer, at);
GRANT SELECT ON public.orders TO internal_events_reader;

-- Each operation, with and without a condition and groups, in each time frame.
CREATE TEMP TABLE cases AS
SELECT concat_ws('_', 'o.' || o.operation, coalesce(o.column_name, 'rows'), w.rows, g.groups) AS name, *
  FROM (VALUES ('count', NULL), ('count', 'amount'), ('distinct_count', 'customer'), ('estimate_distinct_count', 'customer'),
               ('sum', 'amount'), ('average', 'amount')) o (operation, column_name)
 CROSS JOIN (VALUES ('all', NULL), ('dear', 'amount > 10 OR amount IS NULL -- or not known'), ('none', 'id > 1000')) w (rows, condition)
 CROSS JOIN (VALUES ('whole', NULL), ('grouped', 'State')) g (groups, group_by);
SELECT pg_temp.instrumented(c.name, jsonb_strip_nulls(jsonb_build_object(
           'operation', c.operation, 'relation', 'orders', 'column', c.column_name, 'where', c.condition, 'group_by', c.group_by)),
           jsonb_build_object('time_frame', '["7d", "28d", "all"]'::jsonb, 'value_type',
               CASE WHEN c.group_by IS NULL THEN 'number' ELSE 'object' END))
  FROM cases c;
SELECT is((SELECT count(*) FROM internal_events.metrics m WHERE m.key_path ^@ 'o.' AND m.status = 'active'), 108::bigint,
          'six operations, three conditions, with groups and without, in three time frames');

-- The same, by hand.
CREATE FUNCTION pg_temp.by_hand(c cases, ids integer[]) RETURNS jsonb
LANGUAGE sql AS $$
    WITH taken AS (
        SELECT CASE WHEN c.group_by IS NULL THEN '' ELSE coalesce(o."State", 'null') END AS key, o.*,
               CASE c.column_name WHEN 'amount' THEN o.amount::text WHEN 'customer' THEN o.customer::text ELSE '' END AS value
          FROM public.orders o
         WHERE o.id = ANY (ids)
           AND (c.condition IS NULL OR c.condition ~ 'amount' AND coalesce(o.amount, 11) > 10)
    ), amounts AS (
        SELECT k.key,
               CASE WHEN c.operation = 'count' THEN (SELECT count(*) FROM taken t WHERE t.key = k.key AND t.value IS NOT NULL)
                    WHEN c.operation ~ 'distinct' THEN cardinality(ARRAY(SELECT DISTINCT t.value FROM taken t WHERE t.key = k.key
                        AND t.value IS NOT NULL))
                    WHEN c.operation = 'sum' THEN coalesce((SELECT sum(t.amount) FROM taken t WHERE t.key = k.key), 0)
                    ELSE (SELECT avg(t.amount) FROM taken t WHERE t.key = k.key)
               END AS amount
          FROM (SELECT '' AS key WHERE c.group_by IS NULL UNION SELECT t.key FROM taken t) k
    )
    SELECT CASE WHEN c.group_by IS NULL THEN (SELECT to_jsonb(a.amount) FROM amounts a)
                ELSE (SELECT coalesce(jsonb_object_agg(a.key, a.amount), '{}') FROM amounts a)
           END
$$;
CREATE TEMP TABLE expected AS
SELECT c.name || f.suffix AS key_path, pg_temp.by_hand(c, f.ids) AS value
  FROM cases c CROSS JOIN (VALUES ('_weekly', ARRAY[4, 5]), ('_monthly', ARRAY[2, 3, 4, 5]), ('', ARRAY[1, 2, 3, 4, 5, 6, 7, 8])) f (suffix, ids);
SELECT set_eq('SELECT e.key_path, internal_events.metric_value(e.key_path) FROM expected e', 'SELECT * FROM expected',
              'metric_value() is what counting by hand gives');
SELECT set_eq($$SELECT v.key_path, v.value FROM internal_events.metric_values v WHERE v.key_path ^@ 'o.'$$, 'SELECT * FROM expected',
              'and so is metric_values');
SELECT set_eq('SELECT e.key_path, pg_temp.seen(e.key_path) FROM expected e', 'SELECT * FROM expected', 'and each view');
SELECT results_eq($$SELECT e.value FROM expected e WHERE e.key_path IN ('o.count_rows_all_whole', 'o.count_rows_all_whole_monthly',
                  'o.count_rows_all_whole_weekly') ORDER BY e.key_path$$,
                  $$VALUES ('8'::jsonb), ('4'), ('2')$$, 'which counts at the edges of time frames as this file says');

-- Times of other types, and in another table than public.
CREATE FUNCTION pg_temp.counts(column_name text) RETURNS text
LANGUAGE sql AS $$
    SELECT pg_temp.instrumented('t.' || column_name, jsonb_build_object('operation', 'count', 'relation', 'public.orders',
                                                                        'timestamp_column', column_name),
                                '{"time_frame": ["7d", "28d", "all"]}');
    SELECT concat_ws(' ', internal_events.metric_value('t.' || column_name || '_weekly'), pg_temp.seen('t.' || column_name || '_weekly'),
                     internal_events.metric_value('t.' || column_name || '_monthly'), internal_events.metric_value('t.' || column_name))
$$;
SELECT is(pg_temp.counts('local_at'), '2 2 4 8', 'a timestamp without time zone is read as UTC');
SELECT is(pg_temp.counts('day'), '3 3 5 8', 'a date counts from its first day to its last');
SET LOCAL TimeZone = 'Asia/Tokyo';
SELECT is(pg_temp.counts('local_at') || ', ' || pg_temp.counts('day'), '2 2 4 8, 3 3 5 8', 'in every time zone');
RESET internal_events.as_of;
INSERT INTO public.orders (id, created_at)
SELECT 100 + i, now() - i * interval '1 hour' FROM unnest(ARRAY[0, 47, 49, 215, 217, 719, 721]) i;
SELECT is(internal_events.metric_value('o.count_rows_all_whole_weekly'), '2',
          'without as_of, 7d is from 9 times 24 hours ago to 2 times 24 hours ago');
SELECT is((SELECT to_jsonb(m) - 'description' FROM (SELECT m.period_start - internal_events.as_of() AS first,
          m.period_end - internal_events.as_of() AS last
             FROM internal_events.metrics m WHERE m.key_path = 'o.count_rows_all_whole_monthly') m), '{"first": -30, "last": -2}',
                 'metrics shows the period');
SELECT is((SELECT array_agg(DISTINCT m.standard_error) FROM internal_events.metrics m JOIN cases c ON c.name = m.key_path
            WHERE c.operation = 'estimate_distinct_count'), '{0.0081}', 'an estimate states its error');
SELECT is((SELECT array_agg(DISTINCT m.standard_error) FROM internal_events.metrics m JOIN cases c ON c.name = m.key_path
            WHERE c.operation <> 'estimate_distinct_count'), '{NULL}', 'nothing else has one');
SELECT is((SELECT v.standard_error FROM metrics."o.estimate_distinct_count_customer_all_whole" v), 0.0081::double precision,
          'the view of an estimate has it too');

-- An empty table, a view, a schema and names of another case.
CREATE SCHEMA "Shop";
CREATE TABLE "Shop"."Items" (id integer PRIMARY KEY, "Price" numeric, created_at timestamptz);
CREATE VIEW "Shop".dear AS SELECT * FROM "Shop"."Items" WHERE "Price" > 5;
GRANT USAGE ON SCHEMA "Shop" TO internal_events_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA "Shop" TO internal_events_reader;
SELECT pg_temp.instrumented('e.' || o, jsonb_build_object('operation', o, 'relation', 'Shop.Items', 'column', 'Price'))
  FROM unnest(ARRAY['count', 'distinct_count', 'estimate_distinct_count', 'sum', 'average']) o;
SELECT pg_temp.instrumented('e.dear', '{"operation": "count", "relation": "Shop.dear", "where": "\"Price\" < 9"}');
SELECT results_eq($$SELECT v.key_path, v.value FROM internal_events.metric_values v WHERE v.key_path ^@ 'e.' ORDER BY 1$$,
                  $$VALUES ('e.average', NULL::jsonb), ('e.count', '0'), ('e.dear', '0'), ('e.distinct_count', '0'),
                           ('e.estimate_distinct_count', '0'), ('e.sum', '0')$$, 'of nothing all is 0, but the average, which is null');
INSERT INTO "Shop"."Items" VALUES (1, 0.1), (2, 0.2), (3, 7), (4, 9), (5, NULL), (6, 7);
SELECT results_eq($$SELECT v.key_path, v.value FROM internal_events.metric_values v WHERE v.key_path ^@ 'e.' ORDER BY 1$$,
                  $$VALUES ('e.average', '4.66'::jsonb), ('e.count', '5'), ('e.dear', '2'), ('e.distinct_count', '4'),
                           ('e.estimate_distinct_count', '4'), ('e.sum', '23.3')$$, 'values that are null count nowhere');

-- What is wrong is said when a definition is loaded.
CREATE FUNCTION pg_temp.loading(instrumentation jsonb, time_frame text DEFAULT 'all') RETURNS text
LANGUAGE sql AS $$
    SELECT regexp_replace(pg_temp.refusal(format('SELECT pg_temp.instrumented(%L, %L, %L)', 'w.wrong',
               '{"operation": "count", "relation": "orders"}'::jsonb || instrumentation,
                   jsonb_build_object('time_frame', time_frame, 'value_type',
                   CASE WHEN instrumentation ? 'group_by' THEN 'object' ELSE 'number' END))),
               ' The statement is: .*', ' ...]')
$$;
SELECT is(pg_temp.loading(i), format('42703 relation public.orders has no column "%s" [Name a column that it has.]', i ->> k),
          k || ' that is not there')
  FROM (VALUES ('column', '{"column": "nothing"}'::jsonb), ('group_by', '{"group_by": "state"}'),
      ('batch_column', '{"batch_column": "ctid"}')) c (k, i);
SELECT is(pg_temp.loading('{"timestamp_column": "nothing"}', '7d'),
          '42703 relation public.orders has no column "nothing" [Name a column that it has.]', 'timestamp_column too');
SELECT is(pg_temp.loading('{"timestamp_column": "amount"}', '28d'),
          '42804 column "amount" of public.orders is of type numeric, not a time [Name a column of type timestamptz, timestamp or date by the key timestamp_column.]',
          'a column that is no time');
SELECT is(pg_temp.loading('{"timestamp_column": "nothing"}'), NULL, 'where no time frame needs a time, nothing does');
SELECT is(pg_temp.loading('{"where": "nothing = 1"}'),
          '42703 instrumentation of "w.wrong": column "nothing" does not exist [Names outside of pg_catalog need their schema. ...]',
          'a condition on a column that is not there');
SELECT matches(pg_temp.loading('{"where": "id = "}'), '42601 .*syntax error', 'a condition that is none');
SELECT is(pg_temp.loading('{"operation": "sum", "column": "State"}'),
          '42883 instrumentation of "w.wrong": function sum(text) does not exist [Names outside of pg_catalog need their schema. ...]',
          'a sum of texts');
SELECT is((SELECT m.status FROM internal_events.metrics m WHERE m.key_path = 'w.wrong'), 'active', 'a refusal leaves what was loaded before');

-- A relation that is gone, and back.
SET LOCAL client_min_messages = error;
DROP VIEW "Shop".dear CASCADE;
SELECT throws_like($$SELECT internal_events.metric_value('e.dear')$$, '%"e.dear": relation "Shop.dear" does not exist', 'a relation that is gone');
SELECT pg_temp.instrumented('e.dear', '{"operation": "count", "relation": "Shop.dear"}');
SELECT results_eq($$SELECT m.status, m.remedy FROM internal_events.metrics m WHERE m.key_path = 'e.dear'$$,
                  $$VALUES ('not_available', 'relation "Shop".dear does not exist. Mend it, then load the definition again.')$$, 'is no error');
CREATE VIEW "Shop".dear AS SELECT * FROM "Shop"."Items" WHERE "Price" > 5;
GRANT SELECT ON "Shop".dear TO internal_events_reader;
SELECT pg_temp.instrumented('e.dear', '{"operation": "count", "relation": "Shop.dear"}');
SELECT is(internal_events.metric_value('e.dear'), '3', 'once it is back, the same definition counts it');

SELECT * FROM finish();
ROLLBACK;
