-- The Service Ping: what is in its payload and metadata, by categories and statuses, and that a look at it changes nothing.
\set ON_ERROR_STOP 1
-- Before the test's own transaction, which writes.
BEGIN READ ONLY;
SELECT internal_events.service_ping_payload() IS NOT NULL AS built, internal_events.service_ping_queries() IS NOT NULL AS queried;
SELECT pg_current_xact_id_if_assigned() IS NULL AS is_pure \gset
COMMIT;

BEGIN;
\ir ../support.psql
SELECT plan(35);
SELECT ok(:'is_pure', 'a payload takes no transaction id');

SET LOCAL internal_events.as_of = '2026-03-31';
CREATE TABLE public.orders (id integer PRIMARY KEY, state text, created_at timestamptz);
INSERT INTO public.orders SELECT g, 's' || g % 2, '2026-03-25 10:00Z' FROM generate_series(1, 9) g;
GRANT SELECT ON public.orders TO internal_events_reader;
SELECT pg_temp.event('opened', '{value}');
SELECT pg_temp.logged('opened', '2026-03-25 10:00Z', u % 3, jsonb_build_object('value', u / 10.0)) FROM generate_series(1, 7) u;
CREATE FUNCTION pg_temp.generic(key text, sql text, type text, more jsonb DEFAULT '{}') RETURNS SETOF text
LANGUAGE sql AS $$SELECT pg_temp.instrumented(key, jsonb_build_object('sql', sql), jsonb_build_object('value_type', type) || more)$$;
-- In no order.
SELECT pg_temp.generic('t.b.c', 'SELECT 9223372036854775807', 'number'), pg_temp.generic('t.b.a', $$SELECT 'é " \ 1'$$, 'string'),
    pg_temp.generic('t.a_b', 'SELECT 1.10', 'number'),
       pg_temp.generic('t.Z', 'SELECT true', 'boolean'), pg_temp.generic('t.b.b', $$SELECT '{"z": 1, "a": [0.10, null]}'::jsonb$$, 'object');
SELECT pg_temp.metric('e.total', '["7d", "28d", "all"]', '[{"name": "opened"}]');
SELECT pg_temp.metric('e.users', '"7d"', '[{"name": "opened", "unique": "user.id"}]');
SELECT pg_temp.metric('e.sum', '"all"', '[{"name": "opened", "operator": "sum(value)"}]');
SELECT pg_temp.instrumented('d.orders', '{"operation": "count", "relation": "orders"}', '{"time_frame": ["7d", "all"]}');
SELECT pg_temp.instrumented('d.states', '{"operation": "count", "relation": "orders", "group_by": "state"}', '{"value_type": "object"}');
SELECT pg_temp.instrumented('d.sum', '{"add": ["d.orders", "t.a_b"]}');
SELECT pg_temp.instrumented('s.connections', '{"setting": "max_connections"}');
CREATE FUNCTION pg_temp.ping() RETURNS jsonb LANGUAGE sql AS 'SELECT internal_events.service_ping_payload()::jsonb';

-- The document.
SELECT is((SELECT regexp_replace(p.payload::json ->> 't', '\s', '', 'g') FROM internal_events.service_ping_payload() p (payload)),
          '{"Z":true,"a_b":1.10,"b":{"a":"é\"\\1","b":{"a":[0.10,null],"z":1},"c":9223372036854775807}}',
          'nested by key path, in the order of bytes; numbers keep every digit');
SELECT is(pg_temp.ping() -> 'e', '{"sum": 2.8, "total": 7, "total_weekly": 7, "total_monthly": 7, "users": 3}', 'events');
SELECT is(pg_temp.ping() -> 'd', '{"orders": 9, "orders_weekly": 9, "states": {"s0": 4, "s1": 5}, "sum": 10.1}', 'tables, groups, sums');
SELECT set_eq('SELECT json_object_keys(internal_events.service_ping_payload())',
              '{d,database,e,edition,hostname,installation_type,recorded_at,s,t,uuid,version}'::text[], 'what every ping has stands beside them');
SELECT is((SELECT string_agg(k, ' ' ORDER BY n) FROM json_object_keys(internal_events.service_ping_payload()) WITH ORDINALITY o (k, n)),
          'd database e edition hostname installation_type recorded_at s t uuid version', 'in order');
SELECT is(pg_temp.ping() ->> 'uuid', internal_events.instance_uuid()::text, 'the uuid of the installation');
SELECT is((SELECT jsonb_build_array(p -> 'edition', p -> 'hostname', p -> 'installation_type', p -> 'version', p #> '{database,adapter}')
          FROM pg_temp.ping() p),
          (SELECT jsonb_build_array(NULL, NULL, NULL, e.extversion, 'postgresql') FROM pg_extension e WHERE e.extname = 'internal_events'),
              'what is not set is null');
SET LOCAL internal_events.edition = 'EE';
SET LOCAL internal_events.hostname = 'a.example';
SET LOCAL internal_events.application_version = '18.1';
SELECT is((SELECT jsonb_object_agg(k, v) FROM jsonb_each(pg_temp.ping()) o (k, v) WHERE k IN ('edition', 'hostname', 'version')),
          '{"edition": "EE", "hostname": "a.example", "version": "18.1"}', 'and what is, is there');

-- Statuses: metrics that fail spoil no others.
CREATE TEMP TABLE before AS SELECT pg_temp.ping() - 'recorded_at' #- '{database,size_bytes}' AS ping;
SELECT pg_temp.generic('x.error', $$SELECT ('hush-hush' || random())::integer$$, 'number'),
    pg_temp.generic('x.type', $$SELECT 'hush-hush'$$, 'number'),
       pg_temp.generic('x.timeout', 'SELECT pg_sleep(60)::text', 'string'),
           pg_temp.metric('x.class', '"none"', NULL, '{"data_source": "system", "instrumentation_class": "NoMetric"}'),
       pg_temp.generic('x.null', 'SELECT NULL::integer', 'number'), pg_temp.generic('x.removed', 'SELECT 1', 'number', '{"status": "removed"}'),
       pg_temp.generic('x.broken', 'SELECT 1', 'number', '{"status": "broken"}'), pg_temp.instrumented('x.sum', '{"add": ["x.error", "t.a_b"]}'),
       pg_temp.instrumented('x.prometheus', '{"query": "up"}', '{"data_source": "prometheus"}'),
           pg_temp.metric('x.redis', '"all"', NULL, '{"data_source": "redis"}');
SET LOCAL internal_events.metric_timeout = '100ms';
SELECT is(pg_temp.ping() -> 'x',
          '{"error": null, "type": null, "timeout": null, "class": null, "null": null, "broken": null, "sum": null, "prometheus": null, "redis": null}',
          'what has no value is null, and what is removed is not there');
SELECT is(pg_temp.ping() - 'recorded_at' - 'x' #- '{database,size_bytes}', (SELECT b.ping FROM before b), 'all others are as they were');
SET LOCAL internal_events.failed_metric_value = '-1';
SELECT is(pg_temp.ping() -> 'x',
          '{"error": -1, "type": -1, "timeout": -1, "class": null, "null": null, "broken": null, "sum": null, "prometheus": null, "redis": null}',
          'failures are -1 for who expects that, what has no value stays null');
RESET internal_events.failed_metric_value;
CREATE TEMP TABLE measured AS SELECT a.payload, a.metadata, m.all FROM internal_events.preview_measurements() m ("all"),
    internal_events.assemble_service_ping(m.all) a;
SELECT set_eq($$SELECT r ->> 'name' AS n, r ->> 'status' AS s, r ->> 'sqlstate' AS c FROM measured m,
              json_array_elements(m.metadata -> 'metrics') r WHERE r ->> 'name' ^@ 'x.'$$,
              $$VALUES ('x.error', 'error', '22P02'), ('x.type', 'error', '22023'), ('x.timeout', 'timeout', '57014'),
                  ('x.class', 'not_instrumented', NULL), ('x.null', 'ok', NULL),
                       ('x.broken', 'not_instrumented', NULL), ('x.sum', 'ok', NULL), ('x.prometheus', 'not_measured', NULL),
                           ('x.redis', 'not_instrumented', NULL)$$,
              'metadata have status and SQLSTATE of each');
SELECT set_eq($$SELECT r ->> 'name' AS n FROM measured m, json_array_elements(m.metadata -> 'metrics') r$$,
              'SELECT p.key_path FROM internal_events.service_ping_plan p', 'of every metric');
SELECT ok((SELECT bool_and(json_typeof(r -> 'time_elapsed') = 'number' AND (r ->> 'time_elapsed')::numeric BETWEEN 0 AND 30) FROM measured m,
          json_array_elements(m.metadata -> 'metrics') r),
          'with the seconds that it took');
SELECT ok((SELECT (r ->> 'time_elapsed')::numeric BETWEEN 0.1 AND 30 FROM measured m, json_array_elements(m.metadata -> 'metrics') r
          WHERE r ->> 'name' = 'x.timeout'), 'a timeout as long as metric_timeout');
SELECT is((SELECT array_agg(r ->> 'name') FROM measured m, json_array_elements(m.metadata -> 'metrics') r
          WHERE (r ->> 'standard_error')::numeric = 0.0081), '{e.users}', 'and the error of estimates');
SELECT ok((SELECT m.payload::text || m.metadata::text !~ 'hush-hush' FROM measured m), 'no text of an error is sent');
SELECT ok((SELECT s.message ~ 'hush-hush' FROM measured m, unnest(m.all) s WHERE s.key_path = 'x.error'), 'it stays in service_ping_measurements');
SELECT is((SELECT m.metadata ->> 'uuid' FROM measured m), internal_events.instance_uuid()::text, 'metadata say whose they are');

-- Built-in metrics, and definitions that take their place.
SELECT pg_temp.generic('edition', $$SELECT 'mine'$$, 'string'), pg_temp.generic('version', $$SELECT '1'$$, 'string', '{"status": "removed"}');
SELECT is((SELECT concat_ws(' ', p ->> 'edition', p ? 'version', p ? 'hostname') FROM pg_temp.ping() p), 'mine f t',
          'a definition replaces what is built in, one that is removed hides it');

-- Categories.
SELECT pg_temp.generic('c.' || lower(c), 'SELECT 1', 'number', jsonb_build_object('data_category', c))
    FROM unnest(ARRAY['standard', 'Subscription', 'Operational', 'optional']) c;
SELECT pg_temp.generic('c.none', 'SELECT 1', 'number');
CREATE FUNCTION pg_temp.in_categories(categories text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('internal_events.service_ping_categories', categories, true);
    RETURN (SELECT coalesce(string_agg(k, ' ' ORDER BY k), 'nothing') FROM jsonb_object_keys(pg_temp.ping() -> 'c') k);
END
$$;
SELECT is(pg_temp.in_categories(c), w, format('categories "%s"', c))
  FROM (VALUES ('standard', 'standard'), ('subscription, operational', 'operational subscription'),
      (' optional ,standard', 'none optional standard'), ('', 'nothing'),
               ('standard, subscription, operational, optional', 'none operational optional standard subscription')) o (c, w);
SELECT throws_ok($$SET internal_events.service_ping_categories = 'standard, optinal'$$, '22023', NULL, 'a category that there is not');
SELECT set_config('internal_events.service_ping_categories', '', true);
SELECT is(internal_events.service_ping_payload()::text, '{}', 'without any the ping is empty');
RESET internal_events.service_ping_categories;

-- The SQL of each metric; what takes none of definitions.
CREATE FUNCTION pg_temp.ran(path text[]) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    value jsonb;
BEGIN
    EXECUTE 'SELECT to_jsonb(q.value) FROM (' || (internal_events.service_ping_queries() #>> path) || ') q' INTO value;
    RETURN value;
END
$$;
SELECT is(pg_temp.ran(p::text[]), pg_temp.ping() #> p::text[], 'the query of ' || p)
          FROM unnest(ARRAY['{e,total_weekly}', '{e,users}', '{d,orders_weekly}', '{d,sum}', '{t,b,c}']) p;
SELECT is((SELECT q::jsonb #> '{x,class}' FROM internal_events.service_ping_queries() q), 'null', 'there is none of what is not instrumented');
SELECT is((SELECT jsonb_build_array(n -> 'e', n -> 's', n ? 'd', n ? 't', n -> 'x', n ? 'uuid')
          FROM (SELECT internal_events.service_ping_non_sql()::jsonb) o (n)),
          jsonb_build_array(pg_temp.ping() -> 'e', pg_temp.ping() -> 's', false, false,
              '{"class": null, "broken": null, "redis": null, "prometheus": null}'::jsonb, true),
          'non_sql() has events, settings and what is built in');

SELECT * FROM finish();
ROLLBACK;
