-- The sample definitions of this repository: all of them load, and every metric has a value.
BEGIN;
SELECT plan(10);

-- Database metrics count a table of the application, which is not here yet.
SET LOCAL client_min_messages = error;
CREATE TEMP TABLE loaded AS SELECT * FROM internal_events.load_definitions(:'definitions', strict => true);
SELECT is_empty('SELECT l.path, l.error FROM loaded l WHERE l.error IS NOT NULL', 'no sample is refused, strict as we are');
SELECT cmp_ok((SELECT count(*) FROM loaded l WHERE l.kind = 'event'), '>=', 8::bigint, 'there are events');
SELECT cmp_ok((SELECT count(*) FROM loaded l WHERE l.kind = 'metric'), '>=', 15::bigint, 'and metrics');
SELECT cmp_ok((SELECT count(*) FROM loaded l WHERE l.kind = 'instrumentation'), '>=', 2::bigint, 'and instrumentations');
SELECT set_eq($$SELECT m.key_path, m.status, m.remedy FROM internal_events.metrics m WHERE m.status <> 'active'$$,
              $$SELECT k, 'not_available' AS s, 'relation public.users does not exist. Mend it, then load the definition again.' AS r
                  FROM unnest(ARRAY['active_user_count', 'counts.users_by_state', 'counts.users_created',
                                    'counts.users_created_weekly', 'counts.users_created_monthly']) k$$,
              'all of them are active, but for those that count a table that is not there');

CREATE TABLE public.users (id bigint PRIMARY KEY, state text, created_at timestamptz);
GRANT SELECT ON public.users TO internal_events_reader;
SELECT is_empty(format('SELECT l.path, l.error FROM internal_events.load_definitions(%L, strict => true) l WHERE l.error IS NOT NULL',
                        :'definitions'), 'loaded again with the table');
SELECT is_empty($$SELECT m.key_path FROM internal_events.metrics m WHERE m.status <> 'active'$$, 'all of them are active');
SELECT set_eq('SELECT m.key_path FROM internal_events.metrics m', 'SELECT v.key_path FROM internal_events.metric_values v',
              'and have a value');
SELECT is_empty($$SELECT m.key_path, internal_events.metric_value(m.key_path) FROM internal_events.metrics m
                   WHERE m.data_source IN ('internal_events', 'database') AND m.value_type = 'number'
                     AND internal_events.metric_value(m.key_path) <> '0'$$, 'counts begin at 0');
INSERT INTO public.users VALUES (1, 'active', '2026-03-02 10:00Z'), (2, 'blocked', '2026-03-02 10:00Z'), (3, 'active', NULL);
SET LOCAL internal_events.as_of = '2026-03-10';
SELECT results_eq($$SELECT v.key_path, v.value FROM internal_events.metric_values v
                     WHERE v.key_path ~ 'user' AND v.value <> '0' ORDER BY v.key_path COLLATE "C"$$,
                  $$VALUES ('active_user_count', '2'::jsonb), ('counts.users_by_state', '{"active": 2, "blocked": 1}'),
                           ('counts.users_created', '3'), ('counts.users_created_monthly', '2'),
                           ('counts.users_created_weekly', '2')$$,
                  'and count what the table has');

SELECT * FROM finish();
ROLLBACK;
