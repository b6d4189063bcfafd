-- Database metrics in batches: whatever the batch column, they give what one statement gives.
BEGIN;
\ir ../support.psql
SELECT plan(26);

SET LOCAL internal_events.as_of = '2026-03-31';
-- 5,000 rows: ids with gaps and below 0, columns with nulls and with equal values, an index on each.
CREATE TABLE public.big (id integer PRIMARY KEY, narrow smallint, wide bigint, optional integer, fraction numeric, real double precision, label text,
                         code character(3), token uuid, day date, created_at timestamptz, local_at timestamp, amount numeric, state text);
INSERT INTO public.big
SELECT CASE WHEN g > 2500 THEN g * 7 ELSE g - 2600 END, g % 300, g * 900000000000000, CASE WHEN g % 5 <> 0 THEN g % 1700 END, g % 1234 / 10.0,
    g / 7.0::double precision,
       CASE WHEN g % 11 <> 0 THEN chr(97 + g % 26) || g % 777 || '''"' END, lpad((g % 800)::text, 3),
           CASE WHEN g % 3 <> 0 THEN md5((g % 2000)::text)::uuid END,
       date '2026-01-01' + g % 90, timestamptz '2026-03-31 00:00Z' - g * interval '13 minutes',
           timestamp '2026-03-31 00:00' - g * interval '13 minutes',
       (g * 7919 % 10007) / 100.0, CASE g % 4 WHEN 0 THEN NULL ELSE 's' || g % 4 END
  FROM generate_series(1, 5000) g;
SELECT format('CREATE INDEX ON public.big (%I)', c) FROM unnest(ARRAY['narrow', 'wide', 'optional', 'fraction', 'real', 'label', 'code', 'token',
              'day', 'created_at', 'local_at']) c \gexec
GRANT SELECT ON public.big TO internal_events_reader;

-- A metric measured in batches of 1,000 rows or so: "status SQLSTATE value", and how many batches.
CREATE FUNCTION pg_temp.batched(key text, OUT result text, OUT value jsonb, OUT batches integer, OUT standard_error double precision) RETURNS record
LANGUAGE plpgsql AS $$
DECLARE
    m internal_events.service_ping_measurements;
    calculation jsonb;
    budget integer;
BEGIN
    SELECT 0, 1, r.key_path, r.time_frame, 'database', r.definition ->> 'value_type', r.query INTO m
      FROM internal_events.reported_metrics r WHERE r.key_path = key;
    m.elapsed := 0;
    m.batch := 0;
    SELECT r.instrumentation INTO calculation FROM internal_events.reported_metrics r WHERE r.key_path = key;
    -- With hardly any time, batches stay small; but not where a thousand ids are a millionth of them.
    budget := CASE calculation ->> 'batch_column' WHEN 'wide' THEN 900 ELSE 1 END;
    LOOP
        m := internal_events.count_batch(m, calculation, internal_events.moment(), budget);
        EXIT WHEN m.status IS NOT NULL OR m.batch > 1000;
    END LOOP;
    result := concat_ws(' ', m.status, m.sqlstate, m.value);
    value := m.value;
    batches := m.batch;
    standard_error := m.standard_error;
END
$$;

-- Each operation by each column, with and without groups and a condition.
CREATE TEMP TABLE cases AS
SELECT concat_ws('_', 'b.' || o.operation, o.column_name, 'by', c, g, CASE WHEN w IS NOT NULL THEN 'some' END) AS key,
       jsonb_strip_nulls(jsonb_build_object('operation', o.operation, 'relation', 'big', 'column', o.column_name, 'batch_column', c,
           'batch_size', 700,
                                            'group_by', g, 'where', w)) AS instrumentation, c AS batch_column
  FROM (VALUES ('count', NULL), ('count', 'optional'), ('sum', 'amount'), ('average', 'amount'), ('estimate_distinct_count', 'label'),
      ('distinct_count', NULL))
           o (operation, column_name)
 CROSS JOIN unnest(ARRAY['id', 'narrow', 'wide', 'optional', 'fraction', 'real', 'label', 'code', 'token', 'day', 'created_at', 'local_at']) c
 CROSS JOIN (VALUES (NULL, NULL), ('state', NULL), (NULL, 'amount > 50 -- not cheap')) v (g, w);
UPDATE cases c SET instrumentation = c.instrumentation || jsonb_build_object('column', c.batch_column)
    WHERE c.instrumentation ->> 'operation' = 'distinct_count';
SELECT pg_temp.instrumented(c.key, c.instrumentation, jsonb_build_object('time_frame', '["7d", "28d", "all"]'::jsonb,
                                                                         'value_type', CASE WHEN c.instrumentation ? 'group_by' THEN 'object' ELSE 'number' END))
  FROM cases c;
CREATE TEMP TABLE counted AS
SELECT c.key || s AS key, c.instrumentation ->> 'operation' AS operation, c.batch_column, s AS suffix, b.*,
    internal_events.metric_value(c.key || s) AS whole
  FROM cases c CROSS JOIN unnest(ARRAY['', '_weekly', '_monthly']) s CROSS JOIN LATERAL pg_temp.batched(c.key || s) b;
SELECT is((SELECT count(*) FROM counted), 648::bigint, 'six operations, twelve columns, three ways, three time frames');
SELECT is_empty($$SELECT c.key, c.result FROM counted c WHERE c.result !~ '^ok '$$, 'all are counted');
SELECT is_empty($$SELECT c.key, c.value, c.whole FROM counted c WHERE c.operation <> 'average' AND c.value IS DISTINCT FROM c.whole$$,
                'in batches as in one statement: counts, sums to the last digit, and estimates');
SELECT is_empty($$SELECT c.key, e.key, e.value, w.value FROM counted c CROSS JOIN LATERAL jsonb_each(jsonb_build_object('', c.value)) e
                   JOIN LATERAL jsonb_each(jsonb_build_object('', c.whole)) w ON w.key = e.key
                   WHERE c.operation = 'average' AND jsonb_typeof(e.value) = 'number'
                       AND round(e.value::numeric, 12) <> round(w.value::numeric, 12)$$, 'averages');
SELECT is_empty($$SELECT c.key, c.batches FROM counted c WHERE c.batches < 3 AND c.suffix = ''
                AND c.batch_column NOT IN ('narrow', 'optional')$$, 'in at least three batches each');
SELECT is_empty($$SELECT c.key FROM counted c WHERE (c.standard_error IS NOT NULL) <> (c.operation ~ 'estimate')$$, 'estimates state their error');
SELECT isnt((SELECT c.value FROM counted c WHERE c.key = 'b.count_by_id_state'), '{}', 'groups are there');

-- The same numbers, by hand, so that both ways cannot be wrong together.
SELECT is((SELECT c.value::text FROM counted c WHERE c.key = k), v, k)
  FROM (SELECT 'b.count_by_token', count(*)::text FROM public.big UNION ALL SELECT 'b.count_optional_by_wide', count(optional)::text
      FROM public.big UNION ALL
        SELECT 'b.sum_amount_by_label', sum(amount)::text FROM public.big UNION ALL SELECT 'b.distinct_count_by_label',
            count(DISTINCT label)::text FROM public.big UNION ALL
        SELECT 'b.count_by_created_at_weekly', count(*)::text FROM public.big WHERE created_at BETWEEN '2026-03-22 00:00Z'
            AND '2026-03-29 00:00Z') o (k, v);
SELECT set_eq('SELECT c.value::text::jsonb FROM counted c WHERE c.key = ''b.sum_amount_by_day_state''',
              $$SELECT jsonb_object_agg(coalesce(s.state, 'null'), s.sum) FROM (SELECT state, sum(amount) FROM public.big GROUP BY 1) s$$,
                  'grouped sums');

-- Which column is chosen.
CREATE FUNCTION pg_temp.chosen(more jsonb, time_frame text DEFAULT 'all') RETURNS text
LANGUAGE sql AS $$SELECT coalesce(internal_events.batch_column('{"relation": "big", "operation": "count"}'::jsonb || more, time_frame), 'none')$$;
SELECT is(pg_temp.chosen('{}'), 'id', 'by default the primary key');
SELECT is(pg_temp.chosen('{}', '7d'), 'created_at', 'for a time frame its column');
SELECT is(pg_temp.chosen('{"timestamp_column": "local_at"}', '28d'), 'local_at', 'whatever its name');
SELECT is(pg_temp.chosen('{"batch_column": "token"}', '7d'), 'token', 'or what the definition says');
SELECT is(pg_temp.chosen('{"batch_column": "amount"}'), 'id', 'if there is an index');
SELECT is(pg_temp.chosen('{"operation": "distinct_count", "column": "label", "batch_column": "id"}'), 'label',
          'a distinct count goes by the column that it counts');
SELECT is(pg_temp.chosen('{"operation": "distinct_count", "column": "amount"}'), 'none', 'or in one statement');
DROP INDEX public.big_token_idx;
CREATE INDEX ON public.big USING hash (token);
CREATE INDEX ON public.big (amount) WHERE amount > 5;
CREATE INDEX ON public.big (lower(label), state);
SELECT is(pg_temp.chosen('{"batch_column": "token"}') || pg_temp.chosen('{"batch_column": "amount"}') || pg_temp.chosen('{"batch_column": "state"}'), 'ididid',
          'an index must be a B-tree, of all rows, that begins with the column');

-- start and finish bound the rows, in batches and without.
SELECT pg_temp.instrumented('s.' || n, '{"operation": "count", "relation": "big", "batch_size": 700}'::jsonb || i)
  FROM (VALUES ('both', '{"start": 2501, "finish": 21000}'::jsonb), ('start', '{"start": 0}'), ('finish', '{"finish": "(SELECT max(id) - 700 FROM public.big) -- or so"}'),
               ('backwards', '{"start": 5, "finish": 1}'), ('text', '{"batch_column": "label", "start": "''m''", "finish": "''n9''"}'),
               ('nothing', '{"start": "NULL::integer"}')) o (n, i);
SELECT set_eq($$SELECT n, b.result, internal_events.metric_value('s.' || n)::text
              FROM unnest(ARRAY['both', 'start', 'finish', 'backwards', 'text', 'nothing']) n
                 CROSS JOIN LATERAL pg_temp.batched('s.' || n) b$$,
              $$SELECT o.n, 'ok ' || o.v, o.v::text FROM (SELECT 'both' AS n, count(*) AS v FROM public.big WHERE id BETWEEN 2501 AND 21000 UNION ALL
                SELECT 'start', count(*) FROM public.big WHERE id >= 0 UNION ALL SELECT 'finish', count(*) FROM public.big WHERE id <= 34300 UNION ALL
                SELECT 'backwards', 0 UNION ALL SELECT 'text', count(*) FROM public.big WHERE label BETWEEN 'm' AND 'n9'
                    UNION ALL SELECT 'nothing', 0) o$$,
              'start and finish, numbers or SQL');
CREATE VIEW public.big_view AS SELECT * FROM public.big;
GRANT SELECT ON public.big_view TO internal_events_reader;
SELECT matches(pg_temp.refusal($$SELECT pg_temp.instrumented('s.view', '{"operation": "count", "relation": "big_view", "start": 1}')$$),
               '^22023 .*start and finish bound a batch column, and there is none', 'what has no index has no start');

-- A ping counts large tables in batches, small ones and those without an index in one statement.
CREATE TABLE public.large (id bigint PRIMARY KEY, label text) WITH (fillfactor = 10);
INSERT INTO public.large SELECT g, repeat('x', 700) FROM generate_series(1, 2200) g;
CREATE TABLE public.large_heap AS SELECT g AS id, repeat(md5(g::text), 60) AS label FROM generate_series(1, 9000) g;
CREATE TABLE public.parts (kind integer, id integer, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
SELECT format('CREATE TABLE public.parts_%s PARTITION OF public.parts FOR VALUES IN (%1$s) WITH (fillfactor = 10)', k)
              FROM generate_series(1, 3) k \gexec
INSERT INTO public.parts SELECT 1 + g % 3, g FROM generate_series(1, 5000) g;
GRANT SELECT ON public.large, public.large_heap, public.parts TO internal_events_reader;
SELECT pg_temp.instrumented('p.' || r, jsonb_build_object('operation', 'count', 'relation', r, 'batch_size', 1000))
    FROM unnest(ARRAY['large', 'large_heap', 'parts', 'big', 'big_view']) r;
SELECT set_eq($$SELECT m.key_path, m.value::integer, m.status, m.batch > 0 FROM unnest(internal_events.preview_measurements()) m WHERE m.key_path ^@ 'p.'$$,
              $$VALUES ('p.large', 2200, 'ok', true), ('p.large_heap', 9000, 'ok', false), ('p.parts', 5000, 'ok', false),
                  ('p.big', 5000, 'ok', false), ('p.big_view', 5000, 'ok', false)$$,
              'a ping counts all of them, and a large one in batches');
SELECT is((SELECT b.result FROM pg_temp.batched('p.parts') b), 'ok 5000', 'a partitioned table in batches, by the first column of its key');
INSERT INTO public.big (id, state, amount) SELECT 100000 + g, 'g' || g, 1 FROM generate_series(1, 1500) g;
SELECT is((SELECT b.result FROM pg_temp.batched('b.count_by_id_state') b), 'error 54000', 'more than 1,000 groups are too many');

SELECT * FROM finish();
ROLLBACK;
