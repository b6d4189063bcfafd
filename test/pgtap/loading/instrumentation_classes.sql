-- What an instrumentation_class stands for: load order, options, removal, and GitLab's own files of what is built in.
BEGIN;
\ir ../support.psql
SELECT plan(41);

CREATE FUNCTION pg_temp.of_class(key text, class text, more jsonb DEFAULT '{}') RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT pg_temp.metric(key, '"none"', NULL, jsonb_build_object('data_source', 'system', 'instrumentation_class', class) || more)
$$;
CREATE FUNCTION pg_temp.class(name text, sql text, options jsonb DEFAULT NULL) RETURNS text
LANGUAGE sql AS $$
    SELECT internal_events.load_instrumentation(jsonb_strip_nulls(jsonb_build_object(
        'instrumentation_class', name, 'options', options, 'instrumentation', jsonb_build_object('sql', sql)))::text)
$$;
-- Status, remedy and value of a metric.
CREATE FUNCTION pg_temp.shown(key text) RETURNS text
LANGUAGE sql AS $$
    SELECT concat_ws(' ', m.status, m.remedy, internal_events.metric_value(key)) FROM internal_events.metrics m WHERE m.key_path = key
$$;

-- Metric first, class first.
SELECT pg_temp.of_class('c.late', 'CountThingsMetric');
SELECT is(pg_temp.shown('c.late'), 'not_instrumented Say what CountThingsMetric stands for here, by load_instrumentation().',
          'a class that nobody has explained');
SELECT is(pg_temp.measured('c.late'), 'not_instrumented', 'is no error in a ping');
SELECT hasnt_view('metrics', 'c.late', 'and has no view');
SELECT is(pg_temp.class('CountThingsMetric', 'SELECT 1'), 'CountThingsMetric', 'load_instrumentation() returns the class');
SELECT is(pg_temp.shown('c.late'), 'active 1', 'metrics that were there get their value');
SELECT has_view('metrics', 'c.late', 'and their view');
SELECT pg_temp.of_class('c.early', 'CountThingsMetric');
SELECT is(pg_temp.shown('c.early'), 'active 1', 'and those that come later');
SELECT pg_temp.of_class('c.removed', 'CountThingsMetric', '{"status": "removed"}');
SELECT is(pg_temp.shown('c.removed'), 'removed', 'but not those that are removed');
SELECT pg_temp.of_class('c.other', 'CountThingsMetric2');
SELECT is(pg_temp.measured('c.other'), 'not_instrumented', 'nor those of another class');
SELECT pg_temp.of_class('c.own', 'CountThingsMetric', '{"instrumentation": {"sql": "SELECT 99"}}');
SELECT is(pg_temp.shown('c.own'), 'active 99', 'a metric that says it itself needs no class');

-- The same again, and a change.
CREATE FUNCTION pg_temp.stored() RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT i.ctid || i.instrumentation_class FROM internal_events.instrumentations i
    UNION ALL SELECT d.ctid || d.key_path FROM internal_events.metric_definitions d
    UNION ALL SELECT c.ctid || c.relname FROM pg_class c WHERE c.relnamespace = 'metrics'::regnamespace
$$;
CREATE TEMP TABLE stored AS SELECT pg_temp.stored();
SELECT pg_temp.class('CountThingsMetric', 'SELECT 1');
SELECT set_eq('SELECT pg_temp.stored()', 'SELECT * FROM stored', 'to load the same again writes nothing');
CREATE ROLE analyst;
GRANT SELECT ON metrics."c.late" TO analyst;
SELECT pg_temp.class('CountThingsMetric', 'SELECT 2::bigint');
SELECT is(pg_temp.shown('c.late') || ', ' || pg_temp.shown('c.early'), 'active 2, active 2', 'a class that is loaded anew changes its metrics');
SELECT is(pg_temp.shown('c.own'), 'active 99', 'but for those with a calculation of their own');
SELECT ok(has_table_privilege('analyst', 'metrics."c.late"', 'SELECT'), 'grants are kept');

-- Options: the very same ones, else the class without options.
SELECT pg_temp.of_class('o.a', 'OptionsMetric', '{"options": {"kind": "a", "deep": {"x": 1, "y": [1, 2]}}}');
SELECT pg_temp.of_class('o.b', 'OptionsMetric', '{"options": {"kind": "b"}}');
SELECT pg_temp.of_class('o.none', 'OptionsMetric');
CREATE FUNCTION pg_temp.all_options() RETURNS text
LANGUAGE sql AS $$SELECT concat_ws(', ', pg_temp.measured('o.a'), pg_temp.measured('o.b'), pg_temp.measured('o.none'))$$;
SELECT pg_temp.class('OptionsMetric', 'SELECT 10', '{"deep": {"y": [1, 2.0], "x": 1}, "kind": "a"}');
SELECT is(pg_temp.all_options(), 'ok 10, not_instrumented, not_instrumented', 'options in whatever order and spelling');
SELECT pg_temp.class('OptionsMetric', 'SELECT 20');
SELECT is(pg_temp.all_options(), 'ok 10, ok 20, ok 20', 'without options it is for all others');
SELECT pg_temp.class('OptionsMetric', 'SELECT 30', '{"kind": "b"}');
SELECT is(pg_temp.all_options(), 'ok 10, ok 30, ok 20', 'until one of these is explained');
SELECT pg_temp.of_class('o.none', 'OptionsMetric', '{"options": {"kind": "b", "more": 1}}');
SELECT is(pg_temp.all_options(), 'ok 10, ok 30, ok 20', 'part of the options is not enough');
SELECT results_eq($$SELECT i.options, i.instrumentation ->> 'sql' FROM internal_events.instrumentations i
                  WHERE i.instrumentation_class = 'OptionsMetric' ORDER BY 2$$,
                  $$VALUES ('{"deep": {"x": 1, "y": [1, 2]}, "kind": "a"}'::jsonb, 'SELECT 10'), ('null', 'SELECT 20'),
                      ('{"kind": "b"}', 'SELECT 30')$$,
                  'the table has a row for each');

-- Removal.
SELECT is(internal_events.remove_instrumentation('OptionsMetric', '{"kind": "c"}'), false, 'what is not there cannot be removed');
SELECT is(internal_events.remove_instrumentation('OptionsMetric', '{"kind": "b"}'), true, 'what is there can');
SELECT is(pg_temp.all_options(), 'ok 10, ok 20, ok 20', 'its metrics fall back to the class');
SELECT is(internal_events.remove_instrumentation('OptionsMetric'), true, 'without options it means the row without');
SELECT is(pg_temp.all_options(), 'ok 10, not_instrumented, not_instrumented', 'and then to nothing');
SELECT hasnt_view('metrics', 'o.b', 'without a view');

-- What cannot be.
SELECT throws_like($$SELECT internal_events.load_instrumentation('{instrumentation_class: AMetric, instrumentation: {add: [c.late]}}')$$,
                   '%is of kind numbers, which names key paths of other metrics%', 'a class cannot be made of other metrics');
SELECT throws_like($$SELECT pg_temp.class('CountThingsMetric', 'SELECT nothing')$$, '%column "nothing" does not exist',
                   'a mistake is told with the first metric');
SELECT is(pg_temp.shown('c.late'), 'active 2', 'and changes nothing');
SELECT set_config('client_min_messages', 'error', true);
SELECT internal_events.load_instrumentation('{instrumentation_class: CountThingsMetric, instrumentation: {operation: count, relation: things}}');
SELECT is(pg_temp.shown('c.late'), 'not_available relation public.things does not exist. Mend it, then load the definition again.',
          'a table that is not there is none');
CREATE TABLE public.things ();
GRANT SELECT ON public.things TO internal_events_reader;
SELECT internal_events.load_instrumentation('{instrumentation_class: CountThingsMetric, instrumentation: {operation: count, relation: things}}');
SELECT is(pg_temp.shown('c.late'), 'active 0', 'loaded again with the table, the class counts it');

-- GitLab's own files: a class that nobody explained is the built-in metric of that key path.
\if :{?corpus}
CREATE TEMP TABLE loaded AS
SELECT * FROM internal_events.load_definitions(:'corpus' || '/config/metrics/license') UNION ALL
SELECT * FROM internal_events.load_definitions(:'corpus' || '/config/metrics/settings') UNION ALL
SELECT * FROM internal_events.load_definitions(:'corpus' || '/config/metrics');
SELECT results_eq($$SELECT m.key_path, m.path ~ 'license/' FROM internal_events.metrics m
                     WHERE m.key_path IN ('uuid', 'recorded_at', 'hostname', 'installation_type', 'edition', 'version') AND m.status = 'active'
                     ORDER BY m.key_path COLLATE "C"$$,
                  $$VALUES ('edition', false), ('hostname', true), ('installation_type', true), ('recorded_at', true), ('uuid', true),
                      ('version', NULL)$$,
                  'of what is built in, GitLab''s definition takes the place');
SELECT set_config('internal_events.hostname', 'gitlab.example', true), set_config('internal_events.installation_type', 'omnibus', true);
SELECT is(internal_events.metric_value('uuid') #>> '{}', internal_events.instance_uuid()::text, 'and our calculation: uuid');
SELECT is(internal_events.metric_value('hostname'), '"gitlab.example"', 'hostname');
SELECT is(internal_events.metric_value('installation_type'), '"omnibus"', 'installation_type');
SELECT matches(internal_events.metric_value('recorded_at') #>> '{}', '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$', 'recorded_at');
SELECT pg_temp.class('UuidMetric', $$SELECT 'mine'$$);
SELECT is(internal_events.metric_value('uuid'), '"mine"', 'a class that is explained comes before what is built in');
SELECT pg_temp.class('DatabaseDiagnosticsFindingMetric', 'SELECT true',
    '{"check": "search_path", "finding_code": "gitlab_objects_outside_search_path"}');
SELECT is(pg_temp.measured('settings.database.gitlab_objects_outside_search_path') || ', ' || pg_temp.measured('settings.database.statement_timeout_above_maximum'),
          'ok true, not_instrumented', 'of a class with options, those that are explained');
SELECT set_eq('SELECT s.path FROM internal_events.value_schemas s',
              $$SELECT 'objects_schemas/' || n || '_metric.json' FROM unnest(ARRAY['batched_background_migrations', 'index_inconsistencies']) n$$,
              'JSON Schemas are loaded with the metrics that name them');
SELECT pg_temp.class('IndexInconsistenciesMetric', $$SELECT jsonb_build_array(jsonb_build_object('object_name', 'index_a', 'type', 'missing'))$$);
SELECT is(pg_temp.measured('index_inconsistencies'), 'ok [{"type": "missing", "object_name": "index_a"}]', 'a value that fits GitLab''s schema');
SELECT pg_temp.class('IndexInconsistenciesMetric', $$SELECT jsonb_build_array(jsonb_build_object('object_name', 7))$$);
SELECT is(pg_temp.measured('index_inconsistencies'), 'error 22023', 'and one that does not');
SELECT pg_temp.class('BatchedBackgroundMigrationsMetric', $$SELECT jsonb_build_array(jsonb_build_object('job_class_name', 'A', 'elapsed_time',
    1.5))$$);
SELECT is(pg_temp.measured('batched_background_migrations_metric'), 'error 22023', 'nor the other schema');
\else
SELECT skip('no corpus of GitLab definitions', 11);
\endif

SELECT * FROM finish();
ROLLBACK;
