-- Every definition of GitLab's that we have, through load_definitions(). pg_prove passes the folder: --set corpus=...
BEGIN;
SELECT plan(9);

\if :{?corpus}
\else
\warn SKIPPED: the corpus of GitLab definitions is not here; INTERNAL_EVENTS_CORPUS names its folder
SELECT diag('the corpus of GitLab definitions is not here; INTERNAL_EVENTS_CORPUS names its folder');
SELECT skip('no corpus of GitLab definitions', 9);
SELECT * FROM finish();
ROLLBACK;
\quit
\endif

-- Nine warnings on rules that use undeclared properties; test/core/corpus_test.cpp lists them.
SET LOCAL client_min_messages = error;
CREATE TEMP TABLE loaded AS
SELECT l.kind, l.name, replace(l.error, :'corpus' || '/', '') AS error, substr(l.path, length(:'corpus') + 2) AS path
  FROM internal_events.load_definitions(:'corpus') l;

SELECT is((SELECT count(*) FROM loaded l WHERE l.path LIKE '%.yml'), 190::bigint, 'every .yml of the corpus is listed');
SELECT is((SELECT jsonb_object_agg(coalesce(n.kind, 'neither'), n.files)
             FROM (SELECT l.kind, count(*) AS files FROM loaded l WHERE l.error IS NULL GROUP BY l.kind) n),
          '{"event": 65, "metric": 104, "value_schema": 2}', 'most are loaded, and the JSON Schemas that they name');

-- The others, each with its reason: any file more, and any file less, is a failure.
CREATE TEMP TABLE expected (path text, reason text, error text);
INSERT INTO expected
SELECT p, 'GitLab''s fixtures define this event once a file, for one test each', '% is defined in spec/% too; keep one of the files'
  FROM unnest(ARRAY[
    'spec/fixtures/scripts/internal_events/events/event_with_all_additional_properties.yml',
    'spec/fixtures/scripts/internal_events/events/event_with_feature_enabled_by_namespace_ids_identifier.yml',
    'spec/fixtures/scripts/internal_events/events/event_with_identifiers.yml',
    'spec/fixtures/scripts/internal_events/events/event_with_multiple_custom_properties.yml',
    'spec/fixtures/scripts/internal_events/events/secondary_event_with_additional_properties.yml',
    'spec/fixtures/scripts/internal_events/metrics/user_id_single_event_custom_key_filter.yml']) p
UNION ALL
SELECT p, 'an older file of the same metric; GitLab''s own loader refuses the pair as well', '%/license/% is defined in % too; keep one of the files'
  FROM unnest(ARRAY['config/metrics/license/recorded_at.yml', 'config/metrics/license/uuid.yml']) p
UNION ALL
SELECT p, 'GitLab defines the event in a file that the corpus does not hold', '% is not a known event; load its definition first%'
  FROM unnest(ARRAY[
    'config/metrics/counts_28d/20210216175132_i_code_review_user_create_mr_monthly.yml',
    'config/metrics/counts_28d/20210216180334_g_edit_by_sfe_monthly.yml',
    'config/metrics/counts_28d/20210216180338_g_edit_by_snippet_ide_monthly.yml']) p
UNION ALL
SELECT p, 'the fixtures define internal_events_cli_closed in a file that the corpus does not hold',
       '%"internal_events_cli_closed" is not a known event%'
  FROM unnest(ARRAY[
    'spec/fixtures/scripts/internal_events/metrics/project_id_28d_multiple_events.yml',
    'spec/fixtures/scripts/internal_events/metrics/project_id_multiple_events.yml',
    'spec/fixtures/scripts/internal_events/metrics/total_multi_event_some_additional_props.yml',
    'spec/fixtures/scripts/internal_events/metrics/total_multiple_events_with_rename.yml',
    'spec/fixtures/scripts/internal_events/metrics/total_no_product_categories.yml']) p
UNION ALL VALUES
    ('config/metrics/settings/database_adapter.yml', 'a draft of 2021 with full_path in place of key_path',
     '%: key_path: is missing; %'),
    ('config/metrics/aggregates/common.yml', 'a list of aggregates in the form of 2021', '%: neither an event definition %')
UNION ALL
SELECT p, 'old Redis keys by event, not a definition', '%: neither an event definition %'
  FROM unnest(ARRAY[
    'lib/gitlab/usage_data_counters/hll_redis_key_overrides.yml',
    'lib/gitlab/usage_data_counters/hll_redis_legacy_events.yml',
    'lib/gitlab/usage_data_counters/total_counter_redis_key_overrides.yml']) p;
SELECT is_empty($$SELECT l.path, l.error FROM loaded l WHERE l.error IS NOT NULL
                     AND NOT EXISTS (SELECT FROM expected e WHERE e.path = l.path AND l.error LIKE e.error)$$,
                'no file is refused but for the reasons that we know');
SELECT is_empty($$SELECT e.path, e.reason FROM expected e
                   WHERE NOT EXISTS (SELECT FROM loaded l WHERE e.path = l.path AND l.error IS NOT NULL)$$,
                'and none of those is accepted by now');

SELECT results_eq('SELECT m.status, m.data_source, count(*) FROM internal_events.metrics m GROUP BY 1, 2 ORDER BY 1, 2',
                  $$VALUES ('active', 'database', 1::bigint),
                           ('active', 'internal_events', 66),
                           ('active', 'ruby', 1),
                           ('active', 'system', 9),
                           ('not_instrumented', 'database', 19),
                           ('not_instrumented', 'prometheus', 2),
                           ('not_instrumented', 'system', 14),
                           ('not_migrated', 'redis', 4),
                           ('not_migrated', 'redis_hll', 14),
                           ('removed', 'database', 4),
                           ('removed', 'redis', 1),
                           ('removed', 'redis_hll', 2)$$,
                  'the catalogue of reported metrics, by status and data source; active beside events is what is built in');
SELECT results_eq('SELECT d.status, count(*) FROM internal_events.event_definitions d GROUP BY 1 ORDER BY 1',
                  $$VALUES ('active', 56::bigint), ('removed', 9)$$, 'and of events');
SELECT is_empty($$SELECT m.key_path FROM internal_events.metrics m
                   WHERE (m.status = 'active') <> (m.view_name IS NOT NULL) OR (m.status LIKE 'not_%') <> (m.remedy IS NOT NULL)$$,
                'active metrics have a view, those that are to become active say what to do');
SELECT is((SELECT count(*) FROM internal_events.metric_values v WHERE v.value = '0'), 66::bigint, 'and those of events a value');

-- Where each row stands: a row that is written again stands somewhere else.
CREATE FUNCTION pg_temp.rows_at() RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT d.ctid || ' ' || d.key_path FROM internal_events.metric_definitions d
    UNION ALL SELECT d.ctid || ' ' || d.name FROM internal_events.event_definitions d
    UNION ALL SELECT f.ctid || ' ' || f.key_path FROM internal_events.metric_time_frames f
    UNION ALL SELECT c.ctid || ' ' || c.relname FROM pg_class c WHERE c.relnamespace = 'metrics'::regnamespace
$$;
CREATE TEMP TABLE before AS SELECT pg_temp.rows_at();
SELECT count(*) AS again FROM internal_events.load_definitions(:'corpus') \gset
SELECT set_eq('SELECT pg_temp.rows_at()', 'SELECT * FROM before', 'to load them again writes no row and no view anew');

SELECT * FROM finish();
ROLLBACK;
