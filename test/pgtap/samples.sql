-- The sample definitions of this repository: all of them load, and every metric has a value.
BEGIN;
SELECT plan(5);

CREATE TEMP TABLE loaded AS SELECT * FROM internal_events.load_definitions(:'definitions', strict => true);
SELECT is_empty('SELECT l.path, l.error FROM loaded l WHERE l.error IS NOT NULL', 'no sample is refused, strict as we are');
SELECT cmp_ok((SELECT count(*) FROM loaded l WHERE l.kind = 'event'), '>=', 8::bigint, 'there are events');
SELECT cmp_ok((SELECT count(*) FROM loaded l WHERE l.kind = 'metric'), '>=', 15::bigint, 'and metrics');
SELECT is_empty($$SELECT m.key_path FROM internal_events.metrics m WHERE m.status <> 'active'$$, 'all of them are active');
SELECT set_eq('SELECT m.key_path FROM internal_events.metrics m',
              $$SELECT v.key_path FROM internal_events.metric_values v WHERE v.value = '0'$$, 'and begin at 0');

SELECT * FROM finish();
ROLLBACK;
