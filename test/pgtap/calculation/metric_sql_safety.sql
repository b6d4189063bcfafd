-- SQL of definitions at work: whoever asks, it runs with the rights of internal_events_reader, and writes nothing.
BEGIN;
\ir ../support.psql
SELECT plan(20);

CREATE ROLE mallory IN ROLE internal_events_admin;
CREATE ROLE peter IN ROLE internal_events_reader;
CREATE ROLE guest;
CREATE SCHEMA mal AUTHORIZATION mallory;
GRANT USAGE ON SCHEMA mal TO PUBLIC;
CREATE TABLE public.secret (text text);
CREATE TABLE public.shared (id integer PRIMARY KEY, state text, created_at timestamptz);
INSERT INTO public.shared SELECT g, 'open', now() - interval '5 days' FROM generate_series(1, 10) g;
GRANT SELECT ON public.shared TO internal_events_reader;
-- A statement's first value, or what it is refused with, as another role.
CREATE FUNCTION pg_temp.as_role(role text, query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM set_config('role', role, true);
    BEGIN
        EXECUTE query INTO result;
    EXCEPTION WHEN OTHERS THEN
        result := SQLSTATE || ' ' || SQLERRM;
    END;
    PERFORM set_config('role', 'none', true);
    RETURN result;
END
$$;
CREATE FUNCTION pg_temp.loaded(key text, sql text, value_type text DEFAULT 'string') RETURNS text
LANGUAGE sql AS $$
    SELECT pg_temp.as_role('mallory', format('SELECT pg_temp.instrumented(%L, %L, %L)', key, jsonb_build_object('sql', sql),
        jsonb_build_object('value_type', value_type)))
$$;

-- Mallory's own functions and tables, which anybody may use.
SET LOCAL ROLE mallory;
CREATE TABLE mal.log (text text);
CREATE SEQUENCE mal.numbers;
GRANT ALL ON mal.log, mal.numbers TO PUBLIC;
CREATE FUNCTION mal.does(command text) RETURNS text LANGUAGE plpgsql AS 'BEGIN EXECUTE command; RETURN ''done''; END';
CREATE FUNCTION mal.does_as_owner(command text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE command; RETURN ''done''; END';
CREATE FUNCTION mal.insists(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('transaction_read_only', 'off', true);
    EXECUTE command;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    EXECUTE command;
    RETURN 'done';
END
$$;
RESET ROLE;

-- Each is tried by metric_value(), as a superuser, and by a ping.
CREATE TEMP TABLE attacks (name text, sql text, sqlstate text);
INSERT INTO attacks VALUES
    ('insert', $$SELECT mal.does('INSERT INTO mal.log VALUES (1)')$$, '25006'),
        ('as_owner', $$SELECT mal.does_as_owner('INSERT INTO mal.log VALUES (1)')$$, '25006'),
    ('insists', $$SELECT mal.insists('INSERT INTO mal.log VALUES (1)')$$, '25006'), ('nextval', $$SELECT nextval('mal.numbers')::text$$, '25006'),
    ('writable', $$SELECT set_config('transaction_read_only', 'off', false)$$, '25001'),
        ('role', $$SELECT set_config('role', 'postgres', false)$$, '42501'),
    ('role_none', $$SELECT set_config('role', 'none', false)$$, '42501'),
        ('session', $$SELECT set_config('session_authorization', 'postgres', false)$$, '42501'),
    ('set_role', $$SELECT mal.does('SET ROLE postgres')$$, '42501'), ('reset_role', $$SELECT mal.does('RESET ROLE')$$, '42501'),
    ('reset_session', $$SELECT mal.does('RESET SESSION AUTHORIZATION')$$, '42501'), ('commit', $$SELECT mal.does('COMMIT')$$, '0A000'),
    ('temp_table', $$SELECT mal.does('CREATE TEMP TABLE loot ()')$$, '25006'), ('prepare', $$SELECT mal.does('PREPARE loot AS SELECT 1')$$, '42501'),
    ('listen', $$SELECT mal.does('LISTEN loot')$$, '42501'), ('discard', $$SELECT mal.does('DISCARD ALL')$$, '42501'),
    ('cursor', $$SELECT mal.does('DECLARE loot CURSOR WITH HOLD FOR SELECT 1')$$, '42501'),
        ('alter_system', $$SELECT mal.does('ALTER SYSTEM SET log_statement = 1')$$, '25001'),
    ('file', $$SELECT pg_read_file('/etc/passwd')$$, '42501'), ('folder', $$SELECT pg_ls_dir('.')::text$$, '42501'),
        ('program', $$SELECT mal.does('COPY mal.log TO PROGRAM ''true''')$$, '42501'),
    ('secret', 'SELECT text FROM public.secret', '42501'), ('events', 'SELECT count(*)::text FROM internal_events.events', '42501'),
    ('pings', 'SELECT payload::text FROM internal_events.service_pings', '42501'),
        ('dynamic', $$SELECT query_to_xml('TABLE public.secret', true, true, '')::text$$, '42501'),
    ('passwords', 'SELECT rolpassword FROM pg_authid', '42501'),
        ('url', $$SELECT set_config('internal_events.service_ping_url', 'http://mal.example', false)$$, '42501'),
    ('show_url', $$SELECT current_setting('internal_events.service_ping_url')$$, '42501'),
        ('owner_only', $$SELECT internal_events.run_metric_query('SELECT 1', false, 1000, NULL)::text$$, '42501'),
    ('admin_only', 'SELECT internal_events.rollup()::text', '42501'), ('itself', $$SELECT internal_events.metric_value('a.itself')::text$$, '54001');
SET LOCAL client_min_messages = error;
SELECT is_empty($$SELECT a.name, l.answer FROM attacks a CROSS JOIN LATERAL pg_temp.loaded('a.' || a.name, a.sql) AS l (answer)
                   WHERE l.answer <> 'a.' || a.name$$, 'one SELECT is loaded, whatever it calls');
SELECT is_empty($$SELECT a.name, a.sqlstate, r.answer FROM attacks a CROSS
                JOIN LATERAL pg_temp.refusal(format('SELECT internal_events.metric_value(%L)', 'a.' || a.name)) AS r (answer)
                   WHERE split_part(r.answer, ' ', 1) IS DISTINCT FROM a.sqlstate$$, 'metric_value() refuses to a superuser what readers may not do');
SELECT set_eq($$SELECT m.key_path, m.sqlstate, m.value FROM unnest(internal_events.preview_measurements()) m WHERE m.key_path ^@ 'a.'$$,
              $$SELECT 'a.' || a.name, a.sqlstate, NULL::jsonb FROM attacks a$$, 'a ping too');
SELECT is_empty($$SELECT v.key_path, v.value FROM internal_events.metric_values v WHERE v.key_path ^@ 'a.' AND v.value IS NOT NULL$$,
                'and metric_values shows nothing');
SELECT is_empty('SELECT * FROM mal.log', 'nothing was written');
SELECT is(concat_ws(' ', current_user, current_setting('role'), current_setting('transaction_read_only'),
          current_setting('internal_events.service_ping_url'),
                    (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors p WHERE p.name = 'loot')),
          session_user || ' none off  0 0', 'the session is what it was');
SELECT pg_temp.loaded('b.setting', $$SELECT set_config('statement_timeout', '1', false) || set_config('search_path', 'mal', false)$$);
SELECT is(internal_events.metric_value('b.setting'), '"1msmal"', 'what a setting is set to');
SELECT is(current_setting('statement_timeout') || ' ' || current_setting('search_path'), '0 "$user", public', 'is forgotten with the query');

-- Who it runs as, whoever asks.
SELECT pg_temp.loaded('who',
    $$SELECT current_user || ' ' || current_setting('search_path') || ' ' || current_setting('TimeZone') || ' ' || current_setting('transaction_read_only')$$);
SELECT set_eq($$SELECT DISTINCT pg_temp.as_role(r, q)::jsonb #>> '{}'
                  FROM unnest(ARRAY['postgres', 'mallory', 'peter']) r,
                       unnest(ARRAY['SELECT internal_events.metric_value(''who'')',
                           'SELECT value FROM internal_events.metric_values WHERE key_path = ''who''',
                                    'SELECT internal_events.service_ping_payload() -> ''who''']) q$$,
              $$VALUES ('internal_events_reader pg_catalog, pg_temp UTC on')$$, 'for superuser, admin and reader it runs as internal_events_reader');
SELECT is(left(pg_temp.as_role('guest', q), 5), '42501', 'nobody else may ask: ' || q)
  FROM unnest(ARRAY['SELECT internal_events.metric_value(''who'')', 'SELECT internal_events.service_ping_payload()',
      'SELECT value FROM metrics.who']) q;

-- Literals are evaluated when a view is made. A domain's check is a function of whoever made it.
SET LOCAL ROLE mallory;
CREATE FUNCTION mal.is_good(value text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN current_user IN ('internal_events_reader', 'internal_events_metrics') OR mal.does(format('ALTER ROLE mallory SUPERUSER')) = 'done';
END
$$;
CREATE DOMAIN mal.checked AS text CHECK (mal.is_good(value));
CREATE TYPE mal.pair AS (a mal.checked);
CREATE TYPE mal.span AS RANGE (subtype = mal.checked);
RESET ROLE;
SELECT is(pg_temp.loaded('d.' || n, s), 'd.' || n, 'a literal whose type runs a function: ' || n)
  FROM (VALUES ('list', $$SELECT ('{a}'::mal.checked[])[1]::text$$), ('row', $$SELECT ('(a)'::mal.pair)::text$$),
      ('range', $$SELECT ('[a,b)'::mal.span)::text$$)) o (n, s);
SELECT is((SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = 'mallory'), false, 'no literal of mallory''s was evaluated with another''s rights');
SELECT is(pg_temp.measured('d.list'), 'ok "a"', 'nor is it when it is measured');

-- Names: only pg_catalog is searched, and what a definition says is never found elsewhere.
CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS $$SELECT '2000-01-01'::timestamptz$$;
CREATE FUNCTION public.always(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.always);
CREATE AGGREGATE public.count(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '1000');
SET LOCAL search_path = public, pg_catalog;
CREATE TEMP TABLE pg_class (loot text);
CREATE TEMP TABLE loot (id integer);
CREATE TEMP TABLE shared (id integer, created_at timestamptz);
SELECT pg_temp.instrumented('p.count', '{"operation": "count", "relation": "shared", "where": "state = ''closed'' OR now() < ''2001-01-01''"}');
SELECT pg_temp.instrumented('p.all', '{"operation": "count", "relation": "shared"}', '{"time_frame": ["7d", "28d"]}');
SELECT pg_temp.loaded('p.catalog', $$SELECT (count(*) > 100)::text FROM pg_class WHERE relname = 'pg_class' OR oid > 0$$);
RESET search_path;
SELECT is(concat_ws(' ', internal_events.metric_value('p.count'), pg_temp.seen('p.count'), internal_events.metric_value('p.all_weekly'),
          pg_temp.seen('p.all_monthly'),
                    internal_events.metric_value('p.catalog')), '0 0 10 10 "true"',
                        'neither functions, operators and aggregates of public nor temporary tables get in between');
SELECT isnt(pg_temp.loaded('p.loot', 'SELECT count(*)::text FROM loot'), 'p.loot', 'a temporary table cannot be what a metric counts');
SELECT is_empty($$SELECT m.key_path FROM internal_events.metrics m WHERE m.key_path = 'p.loot'$$, 'it is not stored');

SELECT * FROM finish();
ROLLBACK;
