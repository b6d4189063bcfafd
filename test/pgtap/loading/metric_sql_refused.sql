-- SQL of definitions that is refused when it is loaded: by an internal_events_admin who is no superuser, and wants more.
BEGIN;
\ir ../support.psql
SELECT plan(9);

CREATE ROLE mallory IN ROLE internal_events_admin;
CREATE SCHEMA mal AUTHORIZATION mallory;
GRANT USAGE ON SCHEMA mal TO PUBLIC;
CREATE TABLE public.shared (id integer PRIMARY KEY, state text, created_at timestamptz);
INSERT INTO public.shared SELECT g, 'open', now() - interval '60 days' FROM generate_series(1, 10) g;
GRANT ALL ON public.shared TO internal_events_reader, mallory;
-- What a role gets when it loads an instrumentation.
CREATE FUNCTION pg_temp.loaded_by(role text, key text, instrumentation jsonb, more jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    PERFORM set_config('role', role, true);
    found := pg_temp.refusal(format('SELECT pg_temp.instrumented(%L, %L, %L)', key, instrumentation, more));
    PERFORM set_config('role', 'none', true);
    RETURN coalesce(found, 'loaded');
END
$$;

CREATE TEMP TABLE attacks (name text, key text, text text, sqlstate text);
INSERT INTO attacks VALUES
    ('two_statements', 'sql', 'SELECT 1; DELETE FROM public.shared', '42601'), ('empty_statement', 'sql', ';', '42601'),
    ('nothing', 'sql', '-- nothing', '42601'), ('after_comment', 'sql', E'SELECT 1 -- x\n; DELETE FROM public.shared', '42601'),
    ('open_comment', 'sql', 'SELECT 1 /*', '42601'), ('open_text', 'sql', $$SELECT 'a$$, '42601'), ('open_dollars', 'sql', 'SELECT $x$', '42601'),
    ('open_parenthesis', 'sql', 'SELECT (1', '42601'), ('more_columns', 'sql', '1), (2', '42601'),
        ('more_of_them', 'sql', 'SELECT 1) AS value, (SELECT 2', '42601'),
    ('another_source', 'sql', '1) FROM public.shared WHERE (true', '42601'), ('union_outside', 'sql', '1) UNION ALL SELECT (2', '42601'),
    ('two_columns', 'sql', 'SELECT 1, 2', '42601'), ('into', 'sql', 'SELECT 1 INTO mal.stolen', '42601'),
        ('into_strict', 'sql', 'SELECT id INTO TEMP stolen FROM public.shared', '42601'),
    ('insert', 'sql', 'INSERT INTO public.shared VALUES (99) RETURNING 1', '42601'),
        ('delete', 'sql', 'DELETE FROM public.shared RETURNING 1', '42601'),
    ('with_delete', 'sql', 'WITH d AS (DELETE FROM public.shared RETURNING 1) SELECT count(*) FROM d', '0A000'),
    ('for_update', 'sql', 'SELECT id FROM public.shared LIMIT 1 FOR UPDATE', '0A000'), ('create', 'sql', 'CREATE TABLE mal.stolen ()', '42601'),
    ('copy', 'sql', 'COPY public.shared TO PROGRAM ''true''', '42601'), ('do', 'sql', 'DO ''BEGIN END''', '42601'),
        ('call', 'sql', 'CALL internal_events.send_service_pings()', '42601'),
    ('explain', 'sql', 'EXPLAIN ANALYZE SELECT 1', '42601'), ('set', 'sql', 'SET ROLE postgres', '42601'), ('parameter', 'sql', 'SELECT $1', '42P02'),
    ('where_or', 'where', 'true) OR (true', '42601'), ('where_union', 'where', 'true UNION SELECT 1', '42601'),
        ('where_other_union', 'where', 'true) UNION ALL SELECT 5 WHERE (true', '42601'),
    ('where_statement', 'where', 'true; DELETE FROM public.shared', '42601'), ('where_comment', 'where', 'true /*', '42601'),
        ('where_limit', 'where', 'true LIMIT 1', '42601'),
    ('where_group', 'where', 'true GROUP BY 1', '42601'), ('where_empty', 'where', '-- true', '42601'),
        ('where_window', 'where', 'count(*) OVER () > 0', '42P20'),
    ('where_count', 'where', 'count(*) > 0', '42803'), ('start_two', 'start', '1)::text, (1', '42601'),
        ('start_statement', 'start', '(SELECT 1); DELETE FROM public.shared', '42601'),
    ('finish_comment', 'finish', '9 /*', '42601'), ('finish_delete', 'finish',
        '(WITH d AS (DELETE FROM public.shared RETURNING 1) SELECT max(1) FROM d)', '0A000');
CREATE TEMP TABLE answers AS
SELECT a.name, a.sqlstate AS expected, pg_temp.loaded_by('mallory', 'm.' || a.name,
       CASE a.key WHEN 'sql' THEN '{}'::jsonb ELSE '{"operation": "count", "relation": "shared", "batch_column": "id"}' END || jsonb_build_object(a.key, a.text),
       jsonb_build_object('time_frame', CASE a.key WHEN 'sql' THEN 'none' ELSE '7d' END)) AS answer
  FROM attacks a;
SELECT is_empty('SELECT a.name, a.expected, a.answer FROM answers a WHERE split_part(a.answer, '' '', 1) <> a.expected',
                'what is not one SELECT or expression is refused');
SELECT is_empty($$SELECT a.name, a.answer FROM answers a WHERE strpos(a.answer, 'm.' || a.name) = 0$$, 'by a message that names the metric');
SELECT is_empty($$SELECT m.key_path FROM internal_events.metrics m WHERE m.key_path ^@ 'm.'$$, 'none of them is stored');
SELECT is((SELECT count(*) FROM public.shared), 10::bigint, 'nothing was deleted');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relname = 'stolen'$$, 'nor made');

-- What is harmless although it looks like that.
SELECT is_empty($$SELECT k, pg_temp.loaded_by('mallory', 'h.' || k, i) FROM (VALUES
    ('comment', '{"sql": "SELECT 1 -- ) ; ("}'::jsonb), ('text', '{"sql": "SELECT length('');'')"}'), ('dollars', '{"sql": "SELECT length($x$;)'' $x$)"}'),
    ('block', '{"sql": "/* ; */ SELECT /* ) */ 1"}'), ('expression', '{"sql": "(1) + (2)"}'), ('semicolon', '{"sql": "SELECT 1;"}'),
    ('where', '{"operation": "count", "relation": "shared", "where": "state <> '')'' -- ("}')) o (k, i)
    WHERE pg_temp.loaded_by('mallory', 'h.' || k, i) <> 'loaded'$$, 'parentheses and semicolons in texts and comments do no harm');

-- A relation or column is a name, never SQL.
SELECT set_eq($$SELECT left(pg_temp.loaded_by('mallory', 'm.name', '{"operation": "count", "relation": "shared"}'::jsonb || i), 5) FROM unnest(ARRAY[
    '{"relation": "shared WHERE false"}', '{"relation": "(SELECT 1)"}', '{"relation": "a.b.c"}', '{"relation": "\"shared\""}',
        '{"column": "id), (1"}',
    '{"column": "id\" "}', '{"group_by": "1"}', '{"timestamp_column": "now()"}', '{"batch_column": "id; "}',
        '{"operation": "count(*), max"}']::jsonb[]) i$$,
    $$VALUES ('22023')$$, 'a relation, a column, an operation is a name and no SQL');

-- What only a reader of files or a writer of settings may do stays so.
SELECT is(left(pg_temp.loaded_by('internal_events_reader', 'm.reader', '{"sql": "SELECT 1"}'), 5), '42501', 'a reader loads nothing');
SELECT is(left(pg_temp.loaded_by('internal_events_writer', 'm.writer', '{"sql": "SELECT 1"}'), 5), '42501', 'nor does a writer');

SELECT * FROM finish();
ROLLBACK;
