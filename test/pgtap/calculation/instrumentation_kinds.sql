-- Metrics of kinds generic and setting: values of each type, JSON Schemas of objects, settings and who may see them.
BEGIN;
\ir ../support.psql
SELECT plan(54);

-- A query and a value type, and what comes of it: what metric_value(), metric_values, the view and a ping say.
CREATE FUNCTION pg_temp.generic(name text, sql text, value_type text, schema jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql AS $$
    SELECT pg_temp.instrumented(name, jsonb_build_object('sql', sql), jsonb_build_object('value_type', value_type)
                                                                      || coalesce(jsonb_build_object('value_json_schema', schema), '{}'))
$$;
CREATE FUNCTION pg_temp.setting(name text, setting text, value_type text) RETURNS void
LANGUAGE sql AS $$SELECT pg_temp.instrumented(name, jsonb_build_object('setting', setting), jsonb_build_object('value_type', value_type))$$;
CREATE FUNCTION pg_temp.value_in_list(key text) RETURNS jsonb
LANGUAGE sql AS $$SELECT coalesce(v.value, '"null"') FROM internal_events.metric_values v WHERE v.key_path = key$$;

-- Values of the type that is declared.
CREATE TEMP TABLE good (name text, sql text, value_type text, value jsonb);
INSERT INTO good VALUES
    ('number', 'SELECT 42', 'number', '42'), ('digits', 'SELECT 9223372036854775807', 'number', '9223372036854775807'),
    ('decimal', 'SELECT 1.10', 'number', '1.10'), ('expression', '(1 + 1) * 2', 'number', '4'), ('semicolon', 'SELECT 5 ; ', 'number', '5'),
    ('comment', 'SELECT 6 -- and no more', 'number', '6'), ('string', $$SELECT 'a "b"'$$, 'string', '"a \"b\""'),
    ('date', $$SELECT date '2026-03-02'$$, 'string', '"2026-03-02"'), ('interval', $$SELECT interval '36 hours'$$, 'string', '"36:00:00"'),
    ('zone', $$SELECT timestamptz '2026-03-02 10:00+00'$$, 'string', '"2026-03-02T10:00:00+00:00"'),
    ('boolean', 'SELECT 1 > 2', 'boolean', 'false'), ('object', $$SELECT jsonb_build_object('a', 1)$$, 'object', '{"a": 1}'),
    ('list', 'SELECT ARRAY[1, 2]', 'object', '[1, 2]'), ('with', 'WITH a AS (SELECT 7 AS x) SELECT x FROM a', 'number', '7'),
    ('null', 'SELECT NULL::integer', 'number', '"null"'), ('nothing', 'SELECT 1 WHERE false', 'string', '"null"'),
    ('json_null', $$SELECT 'null'::jsonb$$, 'object', '"null"');
SELECT pg_temp.generic('g.' || g.name, g.sql, g.value_type) FROM good g;
SELECT results_eq($$SELECT g.name, coalesce(internal_events.metric_value('g.' || g.name)::text, '"null"') FROM good g ORDER BY 1$$,
                  'SELECT g.name, g.value::text FROM good g ORDER BY 1', 'metric_value() of generic metrics, as text: numbers keep their digits');
SELECT results_eq($$SELECT g.name, pg_temp.value_in_list('g.' || g.name) FROM good g ORDER BY 1$$,
                  'SELECT g.name, g.value FROM good g ORDER BY 1', 'metric_values too');
SELECT results_eq($$SELECT g.name, pg_temp.measured('g.' || g.name) FROM good g ORDER BY 1$$,
                  $$SELECT g.name, concat_ws(' ', 'ok', nullif(g.value, '"null"')) FROM good g ORDER BY 1$$, 'and a ping');

-- Values of another type.
CREATE TEMP TABLE wrong (name text, sql text, value_type text, found text);
INSERT INTO wrong VALUES ('text', $$SELECT '42'$$, 'number', 'string'), ('nan', $$SELECT 'NaN'::numeric$$, 'number', 'string'),
    ('number', 'SELECT 1', 'string', 'number'), ('flag', 'SELECT 1', 'boolean', 'number'), ('yes', $$SELECT 'true'$$, 'boolean', 'string'),
    ('whole', 'SELECT 1', 'object', 'number'), ('row', $$SELECT '{}'::jsonb$$, 'number', 'object'), ('list', 'SELECT ARRAY[1]', 'number', 'array');
SELECT pg_temp.generic('w.' || w.name, w.sql, w.value_type) FROM wrong w;
SELECT is(pg_temp.refusal(format('SELECT internal_events.metric_value(%L)', 'w.' || w.name)),
          format('22023 metric "w.%s": the value is of type %s, not %s as value_type says [Its SQL runs with the rights of '
                 'internal_events_reader, for at most internal_events.metric_timeout.]', w.name, w.found, w.value_type), w.name)
  FROM wrong w;
SELECT results_eq($$SELECT pg_temp.value_in_list('w.' || w.name), pg_temp.measured('w.' || w.name) FROM wrong w$$,
                  $$SELECT '"null"'::jsonb, 'error 22023' FROM wrong w$$, 'metric_values shows null, a ping the error');
SELECT pg_temp.generic('w.rows', 'SELECT g FROM generate_series(1, 2) g', 'number');
SELECT is(pg_temp.measured('w.rows'), 'error 21000', 'two rows are no value');
SELECT pg_temp.generic('w.keys', 'SELECT jsonb_object_agg(g, g) FROM generate_series(1, 1001) g', 'object');
SELECT is(pg_temp.measured('w.keys'), 'error 22023', 'nor is an object with more than 1,000 keys');
SELECT pg_temp.generic('w.1000', 'SELECT jsonb_object_agg(g, g) FROM generate_series(1, 1000) g', 'object');
SELECT matches(pg_temp.measured('w.1000'), '^ok \{', 'with 1,000 it is');
SELECT throws_like($$SELECT pg_temp.generic('w.two', 'SELECT 1, 2', 'number')$$, '%"w.two": subquery must return only one column',
                   'nor are two columns');
SELECT throws_like($$SELECT pg_temp.generic('w.function', 'SELECT no_such_function()', 'number')$$, '%no_such_function() does not exist',
                   'nor a mistake');

-- What is no number is none in a group either.
CREATE TABLE sums (state text, amount numeric);
GRANT SELECT ON sums TO internal_events_reader;
INSERT INTO sums VALUES ('paid', 1.5), ('new', 'NaN'), (NULL, 2);
SELECT pg_temp.instrumented('w.groups', '{"operation": "sum", "relation": "sums", "column": "amount", "group_by": "state"}',
                            '{"value_type": "object"}');
SELECT is(pg_temp.measured('w.groups'), 'error 22023', 'a sum that is not a number');
SELECT throws_ok($$SELECT internal_events.metric_value('w.groups')$$, '22023',
                 'metric "w.groups": the value of group "new" is "NaN", not a number', 'the error names the group');
UPDATE sums SET amount = 3 WHERE state = 'new';
SELECT is(pg_temp.measured('w.groups'), 'ok {"new": 3, "null": 2, "paid": 1.5}', 'nothing else is wrong with it');

-- Objects with a JSON Schema, in the definition or beside it.
SELECT pg_temp.generic('j.' || n, 'SELECT jsonb_build_object(''a'', ' || v || ')', 'object',
    '{"type": "object", "properties": {"a": {"type": "integer"}}}')
  FROM (VALUES ('good', '1'), ('bad', '''x''::text')) o (n, v);
SELECT is(pg_temp.measured('j.good'), 'ok {"a": 1}', 'an object that fits its schema');
SELECT is(pg_temp.measured('j.bad'), 'error 22023', 'and one that does not');
SELECT throws_ok($$SELECT internal_events.metric_value('j.bad')$$, '22023', 'metric "j.bad": the value does not fit value_json_schema: '
                 '/a: Value type not permitted by ''type'' constraint', 'the error says where');
SELECT pg_temp.generic('j.path', 'SELECT jsonb_build_object(''a'', 1)', 'object', '"config/schemas/thing.json"');
SELECT is(pg_temp.measured('j.path'), 'ok {"a": 1}', 'a schema that is not loaded is not checked');
SELECT internal_events.load_value_schema('other_thing.json', '{"type": "array"}');
SELECT is(pg_temp.measured('j.path'), 'ok {"a": 1}', 'nor is one of a name that only ends alike');
SELECT internal_events.load_value_schema('thing.json', '{"properties": {"a": {"type": "string"}}}');
SELECT is(pg_temp.measured('j.path'), 'error 22023', 'it is once it is loaded, by the end of its path');
SELECT internal_events.load_value_schema('/somewhere/config/schemas/thing.json', '{}');
SELECT is(pg_temp.measured('j.path'), 'ok {"a": 1}', 'the longest path that fits counts');
SELECT throws_ok($$SELECT internal_events.load_value_schema('bad.json', '{"type": "text"}')$$, '22023', NULL, 'what is no schema is refused');
SELECT throws_ok($$SELECT internal_events.load_value_schema(NULL, '{}')$$, '22004', 'path and schema must not be null', 'and nothing');

-- Settings, as a value of each type; a number is in the unit of pg_settings.
CREATE TEMP TABLE settings (name text, setting text, value_type text, value text);
INSERT INTO settings VALUES ('number', 'max_connections', 'number', 'ok 100'), ('text', 'max_connections', 'string', 'ok "100"'),
    ('memory', 'work_mem', 'number', 'ok 4096'), ('unit', 'work_mem', 'string', 'ok "4MB"'), ('flag', 'autovacuum', 'boolean', 'ok true'),
    ('flag_text', 'autovacuum', 'string', 'ok "on"'), ('own', 'internal_events.event_retention', 'number', 'ok 129600'),
    ('own_unit', 'internal_events.event_retention', 'string', 'ok "90d"'), ('own_flag', 'internal_events.enabled', 'boolean', 'ok true'),
    ('own_empty', 'internal_events.edition', 'string', 'ok'), ('of_app', 'app.plan', 'string', 'ok "gold"'),
    ('no_number', 'autovacuum', 'number', 'error 22P02'), ('no_flag', 'work_mem', 'boolean', 'error 22P02'),
    ('no_object', 'max_connections', 'object', 'error 22023'), ('unknown', 'no_such_setting', 'string', 'error 42704'),
    ('unknown_number', 'no_such_setting', 'number', 'error 42704'), ('own_unknown', 'internal_events.no_such', 'string', 'error 42704'),
    ('capitals', 'MAX_connections', 'number', 'ok 100');
SET LOCAL app.plan = 'gold';
SELECT pg_temp.setting('s.' || s.name, s.setting, s.value_type) FROM settings s;
SELECT is(pg_temp.measured('s.' || s.name), s.value, format('%s as %s', s.setting, s.value_type)) FROM settings s;
SET LOCAL internal_events.edition = 'EE';
SELECT is(internal_events.metric_value('s.own_empty'), '"EE"', 'a setting is read live');

-- What only superusers may see, even where a superuser asks.
SET LOCAL internal_events.service_ping_url = 'https://hidden.example/ping';
CREATE TEMP TABLE hidden AS SELECT n, t, 'h.' || replace(n, '.', '_') || '_' || t AS key
  FROM unnest(ARRAY['data_directory', 'internal_events.service_ping_url']) n, unnest(ARRAY['string', 'number']) t;
SELECT pg_temp.setting(h.key, h.n, h.t) FROM hidden h;
SELECT is(pg_temp.measured(h.key), 'error 42501', h.key || ' has no value') FROM hidden h;
SELECT throws_ok($$SELECT internal_events.metric_value('h.data_directory_string')$$, '42501', NULL, 'metric_value() refuses it');
SELECT ok(internal_events.service_ping_payload()::text !~ 'hidden.example', 'and no ping has it');

SELECT * FROM finish();
ROLLBACK;
