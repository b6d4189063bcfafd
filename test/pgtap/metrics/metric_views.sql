-- Views of metrics with SQL of a definition: who owns them, what they show to whom, and what granting one of them gives.
BEGIN;
\ir ../support.psql
SELECT plan(35);

CREATE ROLE peter IN ROLE internal_events_reader;
CREATE ROLE adele IN ROLE internal_events_admin;
CREATE ROLE guest;
CREATE TABLE public.shared (id integer PRIMARY KEY, state text, created_at timestamptz);
INSERT INTO public.shared SELECT g, 'open', now() - interval '5 days' FROM generate_series(1, 10) g;
GRANT SELECT ON public.shared TO internal_events_reader;
-- A statement's first value, or the SQLSTATE that it is refused with, as another role.
CREATE FUNCTION pg_temp.as_role(role text, query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    result text := 'done';
BEGIN
    PERFORM set_config('role', role, true);
    BEGIN
        IF query ~ '^SELECT' THEN
            EXECUTE query INTO result;
        ELSE
            EXECUTE query;
        END IF;
    EXCEPTION WHEN OTHERS THEN
        result := SQLSTATE;
    END;
    PERFORM set_config('role', 'none', true);
    RETURN result;
END
$$;
SELECT pg_temp.instrumented('v.count', '{"operation": "count", "relation": "shared"}', '{"time_frame": ["7d", "28d", "all"]}');
SELECT pg_temp.instrumented('v.users', '{"operation": "estimate_distinct_count", "relation": "shared", "column": "id"}');
SELECT pg_temp.instrumented('v.groups', '{"operation": "count", "relation": "shared", "group_by": "state"}', '{"value_type": "object"}');
SELECT pg_temp.instrumented('v.setting', '{"setting": "max_connections"}');
SELECT pg_temp.instrumented('v.hidden', '{"setting": "data_directory"}', '{"value_type": "string"}');
SELECT pg_temp.instrumented('v.generic', '{"sql": "SELECT count(*) FROM public.shared WHERE id > 3"}');
SELECT pg_temp.instrumented('v.sum', '{"add": ["v.generic", "v.setting"]}');
SELECT pg_temp.event('opened');
SELECT pg_temp.metric('v.events', '"all"', '[{"name": "opened"}]');

-- Owners.
SELECT set_eq($$SELECT c.relname::text, c.relowner::regrole::text FROM pg_class c WHERE c.relname ^@ 'v.'$$,
                  $$SELECT v, CASE WHEN v IN ('v.events', 'v.sum') THEN 'postgres' ELSE 'internal_events_metrics' END
                      FROM unnest(ARRAY['v.count', 'v.count_monthly', 'v.count_weekly', 'v.events', 'v.generic', 'v.groups', 'v.hidden',
                          'v.setting', 'v.sum', 'v.users']) v$$,
                  'SQL of definitions belongs to internal_events_metrics');
SELECT is_empty($$SELECT * FROM pg_auth_members m WHERE m.roleid = 'internal_events_metrics'::regrole$$, 'which has no members');
SELECT is((SELECT r.rolcanlogin FROM pg_roles r WHERE r.rolname = 'internal_events_metrics'), false, 'and cannot log in');

-- Readers read views and do nothing else with them.
SELECT is(pg_temp.as_role(r, 'SELECT v.value FROM metrics."v.count_weekly" v'), '10', r || ' reads a view')
          FROM unnest(ARRAY['peter', 'adele', 'postgres']) r;
SELECT is_empty(format('SELECT %L::text AS role, c FROM unnest(%L::text[]) c WHERE pg_temp.as_role(%1$L, c) <> ''42501''', r, ARRAY[
    'DROP VIEW metrics."v.count"', 'CREATE OR REPLACE VIEW metrics."v.count" AS SELECT 1::bigint AS value',
        'ALTER VIEW metrics."v.count" RENAME TO x',
    'ALTER VIEW metrics."v.count" OWNER TO ' || r, 'CREATE RULE r AS ON INSERT TO metrics."v.count" DO INSTEAD NOTHING',
    'COMMENT ON VIEW metrics."v.count" IS ''x''', 'CREATE VIEW metrics.mine AS SELECT 1',
    'GRANT internal_events_metrics TO ' || r, 'SELECT internal_events.create_view_as_metrics(''CREATE VIEW metrics.mine AS SELECT 1'')']),
    r || ' drops, changes, owns none') FROM unnest(ARRAY['peter', 'adele', 'guest']) r;

SELECT is_empty($$SELECT r.rolname FROM pg_roles r WHERE NOT r.rolsuper AND r.rolname <> 'internal_events_metrics'
                     AND pg_has_role(r.rolname, 'internal_events_metrics', 'MEMBER')$$, 'nor can any of them become the owner');

-- Granting a metric gives its value, and nothing of what it counts.
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.count" v'), '42501', 'a guest reads none of them');
SELECT internal_events.grant_metric(k, 'guest') FROM unnest(ARRAY['v.count', 'v.count_weekly', 'v.users', 'v.groups', 'v.setting', 'v.hidden',
    'v.generic', 'v.sum', 'v.events', 'uuid', 'version']) k;
SELECT is(pg_temp.as_role('guest', format('SELECT v.value FROM metrics.%I v', k)), v, k || ', granted')
  FROM (VALUES ('v.count', '10'), ('v.count_weekly', '10'), ('v.users', '10'), ('v.groups', '{"open": 10}'), ('v.setting', '100'), ('v.generic', '7'),
               ('v.sum', '107'), ('v.events', '0'), ('uuid', internal_events.instance_uuid()::text)) o (k, v);
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.hidden" v'), '42501',
          'a setting for superusers is refused to whoever reads the view');
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.count_monthly" v'), '42501', 'what was not granted is not');
SELECT is(pg_temp.as_role('guest', 'SELECT count(*) FROM public.shared'), '42501', 'nor is the table');
SELECT is(pg_temp.as_role('guest', 'SELECT internal_events.metric_value(''v.count'')'), '42501', 'nor metric_value()');
SELECT internal_events.revoke_metric('v.count', 'guest');
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.count" v') || pg_temp.as_role('guest',
          'SELECT v.value FROM metrics."v.users" v'), '4250110',
          'what is revoked is gone, the others stay');

-- A view has no more rights than readers have.
REVOKE SELECT ON public.shared FROM internal_events_reader;
SELECT is(pg_temp.as_role('postgres', 'SELECT v.value FROM metrics."v.generic" v'), '42501',
          'what readers lose, the view loses, even for superusers');
SELECT is(pg_temp.measured('v.generic') || ', ' || pg_temp.measured('v.count'), 'error 42501, error 42501', 'and the ping');
GRANT SELECT ON public.shared TO internal_events_reader;
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.users" v'), '10', 'it comes back without loading anything');

-- A metric that changes its kind changes the owner of its view; grants stay.
SELECT pg_temp.metric('v.users', '"all"', '[{"name": "opened", "unique": "user.id"}]');
SELECT is((SELECT c.relowner::regrole::text FROM pg_class c WHERE c.relname = 'v.users'), 'postgres', 'of events: ours');
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.users" v'), '0', 'still granted');
SELECT pg_temp.instrumented('v.users', '{"sql": "SELECT 1.5"}');
SELECT is((SELECT c.relowner::regrole::text FROM pg_class c WHERE c.relname = 'v.users'), 'internal_events_metrics', 'and back');
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.users" v'), '1.5', 'with another type');

-- What an administrator took away does not come back with a definition, nor by making the view anew.
REVOKE SELECT ON metrics."v.users" FROM internal_events_reader;
SELECT pg_temp.instrumented('v.users', '{"sql": "SELECT 2.5"}');
SELECT is(has_table_privilege('internal_events_reader', 'metrics."v.users"', 'SELECT'), false, 'a revoked privilege stays revoked');
SELECT pg_temp.metric('v.users', '"all"', '[{"name": "opened", "unique": "user.id"}]');
SELECT is(has_table_privilege('internal_events_reader', 'metrics."v.users"', 'SELECT'), false, 'with another type too');
SELECT is(pg_temp.as_role('guest', 'SELECT v.value FROM metrics."v.users" v'), '0', 'and others keep theirs');

SELECT * FROM finish();
ROLLBACK;
