-- What is stored of definitions: rules once, views kept while they live, buckets for ever.
BEGIN;
\ir ../support.psql
SELECT plan(42);

SELECT pg_temp.event('created', '{label,property,value,size}');
SELECT pg_temp.event('closed', '{value}');
CREATE FUNCTION pg_temp.rules_of(key text) RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT r.canonical
      FROM internal_events.metric_definitions d
      JOIN internal_events.metric_rules m ON m.metric_definition_id = d.id
      JOIN internal_events.rules r ON r.id = m.rule_id
     WHERE d.key_path = key
$$;
CREATE FUNCTION pg_temp.view_names() RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'metrics'::regnamespace
    EXCEPT SELECT b.view_name::text FROM internal_events.built_in_metrics b
$$;

-- Rules.
SELECT set_eq('SELECT r.canonical FROM internal_events.rules r', ARRAY['{"event":"created"}', '{"event":"closed"}'],
              'every event has the rule of its plain total from the first');
SELECT pg_temp.metric('a.one', '"all"', '[{"name": "created", "filter": {"label": "web", "size": 60}}]');
SELECT pg_temp.metric('a.two', '["7d", "28d", "all"]', '[{"name": "created", "filter": {"size": 60.0, "label": "web"}}, {"name": "closed"}]');
SELECT pg_temp.metric('a.three', '"all"', '[{"name": "created", "filter": {"label": "web", "size": "60"}}]');
SELECT pg_temp.metric('a.four', '"28d"', '[{"name": "created", "unique": "user.id", "filter": {}}]');
SELECT pg_temp.metric('a.five', '"7d"', '[{"name": "created", "unique": "user.id", "filter": null}]');
SELECT set_eq('SELECT r.canonical FROM internal_events.rules r', ARRAY[
    '{"event":"created"}', '{"event":"closed"}',
    '{"event":"created","filter":{"label":"web","size":60}}',
    '{"event":"created","filter":{"label":"web","size":"60"}}',
    '{"event":"created","unique":"user.id"}'],
    'equal rules are one row, in whatever order and spelling they are written; a text is not a number');
SELECT set_eq($$SELECT pg_temp.rules_of('a.two')$$,
              ARRAY['{"event":"closed"}', '{"event":"created","filter":{"label":"web","size":60}}'],
              'a metric has the rules of several events, the plain total among them');
SELECT is((SELECT count(*) FROM internal_events.metric_rules m JOIN internal_events.rules r ON r.id = m.rule_id
            WHERE r.canonical = '{"event":"created","filter":{"label":"web","size":60}}'), 2::bigint, 'and metrics share them');
SELECT results_eq($$SELECT r.identifier, r.filter, r.operator FROM internal_events.rules r
                     WHERE r.canonical = '{"event":"created","filter":{"label":"web","size":60}}'$$,
                  $$VALUES (NULL::text, '{"label": "web", "size": 60}'::jsonb, NULL::text)$$, 'the parts of a rule are columns');

-- Views, time frames.
SELECT set_eq('SELECT pg_temp.view_names()', '{a.one,a.two,a.two_weekly,a.two_monthly,a.three,a.four,a.five}'::text[],
              'each metric and time frame has its view');
SELECT is(obj_description('metrics."a.one"'::regclass), 'A test metric', 'with the description as its comment');
SELECT ok(has_table_privilege('internal_events_reader', 'metrics."a.one"', 'SELECT'), 'readers may read it');
SELECT is((SELECT count(*) FROM aclexplode((SELECT relacl FROM pg_class WHERE oid = 'metrics."a.one"'::regclass)) a WHERE a.grantee = 0),
          0::bigint, 'the public may not');

-- The same again.
CREATE FUNCTION pg_temp.stored() RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT d.ctid || d.key_path || d.loaded_at FROM internal_events.metric_definitions d
    UNION ALL SELECT d.ctid || d.name || d.loaded_at FROM internal_events.event_definitions d
    UNION ALL SELECT f.ctid || f.key_path FROM internal_events.metric_time_frames f
    UNION ALL SELECT c.ctid || c.relname FROM pg_class c WHERE c.relnamespace = 'metrics'::regnamespace
$$;
CREATE TEMP TABLE stored AS SELECT pg_temp.stored();
SELECT pg_temp.event('created', '{label,property,value,size}');
SELECT pg_temp.metric('a.two', '["7d", "28d", "all"]', '[{"name": "created", "filter": {"size": 60.0, "label": "web"}}, {"name": "closed"}]');
SELECT set_eq('SELECT pg_temp.stored()', 'SELECT * FROM stored', 'to load the same again writes nothing');

-- Events are tracked, rolled up.
SELECT pg_temp.logged('created', '2026-03-04 10:00Z', u, '{"label": "web", "size": 60, "value": 1.5}') FROM generate_series(1, 5) u;
SELECT pg_temp.logged('closed', '2026-03-04 10:00Z', u, '{"value": 2}') FROM generate_series(1, 2) u;
SELECT is(internal_events.rollup(), 7::bigint, 'seven events');
SET LOCAL internal_events.as_of = '2026-03-10';
SELECT is(internal_events.metric_value('a.two_weekly'), '7', 'a metric of them');

-- A changed definition.
CREATE ROLE analyst;
GRANT SELECT ON metrics."a.two" TO analyst;
CREATE VIEW pg_temp.report AS SELECT value + 1 AS value FROM metrics."a.two";
SELECT pg_temp.metric('a.two', '["28d", "all"]', '[{"name": "closed"}]', '{"description": "Another text"}');
SELECT set_eq('SELECT pg_temp.view_names()', '{a.one,a.two,a.two_monthly,a.three,a.four,a.five}'::text[],
              'a time frame less is a view less');
SELECT set_eq($$SELECT pg_temp.rules_of('a.two')$$, ARRAY['{"event":"closed"}'], 'a rule less is a row of metric_rules less');
SELECT is(internal_events.metric_value('a.two'), '2', 'the value follows');
SELECT ok(has_table_privilege('analyst', 'metrics."a.two"', 'SELECT'), 'the view is the same: grants are kept');
SELECT is((SELECT r.value FROM pg_temp.report r), 3::bigint, 'views that users built on it too');
SELECT is(obj_description('metrics."a.two"'::regclass), 'Another text', 'its comment is new');
SELECT is((SELECT count(*) FROM internal_events.rules), 5::bigint, 'rules stay, used or not');
SELECT throws_ok($$SELECT internal_events.metric_value('a.two_weekly')$$, '42704', 'metric "a.two_weekly" is not defined',
                 'the dropped time frame is not known any more');

-- A metric that turns from a count (bigint) into a sum (numeric), and back.
GRANT SELECT ON metrics."a.one" TO analyst;
SELECT pg_temp.metric('a.one', '"all"', '[{"name": "created", "operator": "sum(value)"}]');
SELECT col_type_is('metrics', 'a.one', 'value', 'numeric', 'a sum is a numeric');
SELECT is(internal_events.metric_value('a.one'), '7.5', 'it counts what the log still has');
SELECT ok(has_table_privilege('internal_events_reader', 'metrics."a.one"', 'SELECT'), 'readers may read the new view');
SELECT ok(has_table_privilege('analyst', 'metrics."a.one"', 'SELECT'), 'and so may those whom an administrator let');
SELECT pg_temp.logged('created', '2026-03-05 10:00Z', 1, '{"label": "web", "size": 60, "value": 1.5}');
UPDATE internal_events.readers SET snapshot = '5:5:';
UPDATE internal_events.events e SET xid = 3 WHERE e.tracked_at < '2026-03-05';
SELECT is(internal_events.rollup(), 1::bigint, 'one event later');
SELECT is(internal_events.metric_value('a.one'), '9.0', 'and what comes');
SELECT pg_temp.metric('a.one', '"all"', '[{"name": "created", "filter": {"label": "web", "size": 60}}]');
SELECT col_type_is('metrics', 'a.one', 'value', 'bigint', 'a count again');
SELECT is(internal_events.metric_value('a.one'), '6', 'which has counted all along, as rules do once they are stored');

-- Removal.
SELECT pg_temp.metric('a.four', '"28d"', '[{"name": "created", "unique": "user.id"}]', '{"status": "removed"}');
SELECT hasnt_view('metrics', 'a.four', 'a removed metric has no view');
SELECT results_eq($$SELECT m.status, m.view_name, internal_events.metric_value(m.key_path) FROM internal_events.metrics m WHERE m.key_path = 'a.four'$$,
                  $$VALUES ('removed', NULL::name, NULL::jsonb)$$, 'it is listed as removed, without a value');
SELECT is((SELECT count(*) FROM internal_events.metric_values v WHERE v.key_path = 'a.four'), 0::bigint, 'and not among the values');
SELECT pg_temp.metric('a.four', '"28d"', '[{"name": "created", "unique": "user.id"}]');
SET LOCAL internal_events.as_of = '2026-03-17';
SELECT is(internal_events.metric_value('a.four'), '5', 'its buckets have stayed: active again, it has its past');

-- An event that is removed.
SELECT pg_temp.event('closed', '{value}', '{"status": "removed"}');
SELECT is(internal_events.metric_value('a.two'), '2', 'metrics of a removed event keep their values');
SELECT results_eq($$SELECT d.status FROM internal_events.event_definitions d WHERE d.name = 'closed'$$, $$VALUES ('removed')$$,
                  'the event is listed as removed');

-- The reported key path of a removed metric may get a new owner, which its predecessor's file must not take it from.
SELECT pg_temp.metric('b.old', '["7d"]', '[{"name": "created"}]', '{"status": "removed"}');
SELECT pg_temp.metric('b.old_weekly', '"7d"', '[{"name": "created"}]');
SELECT has_view('metrics', 'b.old_weekly', 'the new owner has its view');
SELECT pg_temp.metric('b.old', '["7d"]', '[{"name": "created"}]', '{"status": "removed", "description": "Why it was removed"}');
SELECT is((SELECT m.status || ' ' || m.view_name FROM internal_events.metrics m WHERE m.key_path = 'b.old_weekly'), 'active b.old_weekly', 'and keeps it when the old file is changed');
SELECT pg_temp.metric('c.new_weekly', '"7d"', '[{"name": "created"}]');
SELECT pg_temp.metric('c.new', '["7d"]', '[{"name": "created"}]', '{"status": "removed"}');
SELECT is((SELECT m.status || ' ' || m.view_name FROM internal_events.metrics m WHERE m.key_path = 'c.new_weekly'), 'active c.new_weekly', 'or loaded after it');

-- What users built on a view stands in the way of dropping it; that must cost one file, and say which view it is.
CREATE VIEW pg_temp.on_five AS SELECT value FROM metrics."a.five";
SELECT throws_like($$SELECT pg_temp.metric('a.five', '"7d"', '[{"name": "created"}]', '{"status": "removed"}')$$,
                   '%a.five%', 'a metric that a user''s view depends on is not removed');
SELECT is((SELECT d.status FROM internal_events.metric_definitions d WHERE d.key_path = 'a.five'), 'active', 'it stays as it was');

-- Data sources: what is counted in Redis has no view until it is migrated.
SELECT pg_temp.metric('a.five', '"7d"', NULL, '{"data_source": "redis_hll", "key_path": "d.legacy", "events": null}');
SELECT results_eq($$SELECT m.status, m.view_name, m.remedy IS NOT NULL FROM internal_events.metrics m WHERE m.key_path = 'd.legacy'$$,
                  $$VALUES ('not_migrated', NULL::name, true)$$, 'a metric in Redis is listed with what to do');
SELECT pg_temp.metric('d.legacy', '"7d"', '[{"name": "created", "unique": "user.id"}]');
SELECT is((SELECT m.status FROM internal_events.metrics m WHERE m.key_path = 'd.legacy'), 'active', 'and active once it is migrated');

-- Loading one more reads by index: the thousandth definition takes no longer than the first.
CREATE FUNCTION pg_temp.rows_scanned() RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    SELECT sum(pg_stat_get_xact_tuples_returned(c.oid))::bigint
      FROM pg_class c
     WHERE c.relnamespace = 'internal_events'::regnamespace AND c.relkind = 'r'
       AND c.relname IN ('event_definitions', 'metric_definitions', 'metric_time_frames')
$$;
SELECT count(m) AS loaded FROM generate_series(1, 300) n, pg_temp.metric('many.n' || n, '"7d"', '[{"name": "created"}]') m \gset
SELECT pg_temp.rows_scanned() AS before \gset
SELECT pg_temp.metric('many.one_more', '"7d"', '[{"name": "created"}]');
SELECT cmp_ok(pg_temp.rows_scanned() - :before, '<', 100::bigint, 'a metric is loaded without a look at all the others');

SELECT * FROM finish();
ROLLBACK;
