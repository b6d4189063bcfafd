-- JSON Schemas that are made to take the memory, the stack or the day: refused at once, in a definition or beside it.
BEGIN;
\ir ../support.psql
SELECT plan(5);

CREATE TEMP TABLE bombs (name text, schema jsonb, reason text);
INSERT INTO bombs VALUES
    ('pattern', '{"additionalProperties": {"pattern": "^(a+)+$"}}', 'the keyword pattern is not taken'),
    ('pattern_properties', '{"patternProperties": {"^(a|a)*b$": {}}}', 'the keyword patternProperties is not taken'),
    ('circle', '{"$ref": "#"}', 'leads back to the schema that it is part of'),
    ('far_circle', '{"properties": {"a": {"$ref": "#/d/a"}}, "d": {"a": {"allOf": [{"$ref": "#/d/b"}]}, "b": {"not": {"$ref": "#/d/a"}}}}',
        'leads back'),
    ('network', '{"$ref": "http://127.0.0.1:1/schema.json"}', 'nothing is fetched'), ('file', '{"$ref": "file:///etc/passwd"}', 'nothing is fetched'),
    ('zero', '{"multipleOf": 0}', 'is not a number above 0'), ('type', '{"type": "text"}', 'no JSON Schema');
INSERT INTO bombs
SELECT 'doubling', jsonb_build_object('$ref', '#/d/0', 'd', jsonb_object_agg(i, CASE i WHEN 30 THEN '{}'::jsonb
           ELSE format('{"allOf": [{"$ref": "#/d/%s"}, {"$ref": "#/d/%1$s"}]}', i + 1)::jsonb END)), 'make it simpler' FROM generate_series(0, 30) i
UNION ALL SELECT 'deep', (repeat('{"not":', 2000) || '{}' || repeat('}', 2000))::jsonb, '100 levels deep'
UNION ALL SELECT 'long', jsonb_build_object('title', repeat('x', 1100000)), 'longer than 1 MiB';

SELECT is_empty($$SELECT b.name, left(r.answer, 200) FROM bombs b
                   CROSS JOIN LATERAL pg_temp.refusal(format('SELECT internal_events.load_value_schema(%L, %L)', b.name, b.schema)) AS r (answer)
                   WHERE r.answer IS NULL OR r.answer NOT LIKE '22023 ' || b.name || ': %' || b.reason || '%Drafts 7, 4 and 3 are understood%'$$,
                'load_value_schema() refuses each, with its reason');
SELECT is_empty('SELECT * FROM internal_events.value_schemas', 'and stores none');

-- In a definition it is a fault of every value.
SELECT pg_temp.instrumented('b.' || b.name, '{"sql": "SELECT jsonb_build_object(''a'', repeat(''a'', 40))"}',
                            jsonb_build_object('value_type', 'object', 'value_json_schema', b.schema))
  FROM bombs b WHERE b.name NOT IN ('deep', 'long');
SELECT set_eq($$SELECT m.key_path, m.status, m.sqlstate, m.elapsed < 30 FROM unnest(internal_events.preview_measurements()) m WHERE m.key_path ^@ 'b.'$$,
              $$SELECT 'b.' || b.name AS k, 'error' AS s, '22023' AS c, true AS t FROM bombs b WHERE b.name NOT IN ('deep', 'long')$$,
                  'in a ping: an error, at once');
SELECT throws_like(format($$SELECT pg_temp.instrumented('b.%s', '{"sql": "SELECT ''{}''::jsonb"}', jsonb_build_object('value_type', 'object',
                       'value_json_schema', (SELECT b.schema FROM bombs b WHERE b.name = %1$L)))$$, n), message, n || ' is too much for a definition')
  FROM (VALUES ('deep', '%nested more than 40 levels deep'), ('long', '%at most 1048576 are allowed')) o (n, message);

SELECT * FROM finish();
ROLLBACK;
