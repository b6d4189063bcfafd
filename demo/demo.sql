\set QUIET on
SET client_min_messages = warning;
\pset footer off
\echo '== The extension, a table of the application, and the definitions of a small product =='
CREATE EXTENSION internal_events CASCADE;
CREATE TABLE users AS
SELECT id, (ARRAY['active', 'active', 'active', 'blocked'])[id % 4 + 1] AS state, now() - random() * interval '90 days' AS created_at
  FROM generate_series(1, 5000) id;
ALTER TABLE users ADD PRIMARY KEY (id);
GRANT SELECT ON users TO internal_events_reader;
SELECT kind, count(*) AS loaded, count(error) AS refused
  FROM internal_events.load_definitions(:'definitions')
 GROUP BY kind ORDER BY kind;

\echo '== One call records a user action, in the transaction of the application =='
BEGIN;
SELECT track_event('project_created', user_id => 7, project_id => 1);
SELECT internal_events.total_count('project_created', '-infinity', 'infinity') AS in_the_same_transaction;
ROLLBACK;
SELECT internal_events.total_count('project_created', '-infinity', 'infinity') AS after_rollback;

\echo '== A hundred thousand events of five weeks =='
\timing on
WITH action AS (
    SELECT i, (random() * random() * 5000)::bigint AS user_id, (random() * 400)::bigint AS project_id,
           now() - random() * interval '35 days' AS moment
      FROM generate_series(1, 100000) i
)
SELECT count(*) FILTER (WHERE track_event(
           (ARRAY['issue_created', 'issue_created', 'comment_posted', 'search_performed', 'package_published'])[i % 5 + 1],
           user_id => user_id, project_id => project_id, namespace_id => project_id % 20,
           additional_properties => CASE i % 5
               WHEN 0 THEN jsonb_build_object('label', (ARRAY['web', 'email', 'api'])[i % 3 + 1])
               WHEN 1 THEN jsonb_build_object('label', (ARRAY['web', 'email', 'api'])[i % 3 + 1])
               WHEN 4 THEN jsonb_build_object('label', (ARRAY['npm', 'maven'])[i % 2 + 1], 'value', i % 900)
           END,
           occurred_at => moment)) AS tracked
  FROM action;
SELECT internal_events.rollup() AS rolled_up;
\timing off
\echo

\echo '== Every metric is a view; all of them are one query =='
SELECT m.key_path, m.time_frame, v.value, m.standard_error, m.period_start, m.period_end
  FROM internal_events.metrics m
  JOIN internal_events.metric_values v USING (key_path)
 WHERE v.value <> '0' AND m.data_source = 'internal_events'
 ORDER BY m.key_path;
SELECT value AS users_planning_this_month FROM metrics."redis_hll_counters.users_planning_monthly";

\echo '== Users of any range of days: those of two weeks are not the sum of both; estimates, beside the exact numbers =='
SELECT r.name AS range,
       internal_events.unique_count('issue_created', 'user.id', r.from_day, r.to_day) AS users_estimated,
       (SELECT count(DISTINCT e.user_id)
          FROM internal_events.events e
          JOIN internal_events.event_definitions d ON d.id = e.event_definition_id
         WHERE d.name = 'issue_created'
           AND (e.occurred_at AT TIME ZONE 'UTC')::date BETWEEN r.from_day AND r.to_day) AS counted_one_by_one
  FROM (VALUES ('two weeks', current_date - 14, current_date - 1),
               ('the first of them', current_date - 14, current_date - 8),
               ('the second', current_date - 7, current_date - 1)) AS r (name, from_day, to_day);

\echo '== And every event is counted exactly once =='
SELECT * FROM internal_events.check_consistency() WHERE tracked > 0;

\echo '== Metrics beyond events: tables, settings, facts of the installation =='
SELECT m.key_path, m.time_frame, v.value
  FROM internal_events.metrics m
  JOIN internal_events.metric_values v USING (key_path)
 WHERE v.value <> '0' AND m.data_source <> 'internal_events' AND m.value_type <> 'object'
 ORDER BY m.key_path;

\echo '== A Service Ping: what it would say now; nothing is stored or sent =='
SET internal_events.hostname = 'planner.example.com';
SELECT p.key, left(regexp_replace(p.value::text, '\s+', ' ', 'g'), 80) AS "beginning of the value"
  FROM json_each(internal_events.service_ping_payload()) p;

\echo '== It is built, and delivered to a receiver on this machine =='
CALL internal_events.build_service_ping();
SET internal_events.service_ping_url = :'receiver';
CALL internal_events.send_service_pings();
SELECT id, status, attempts, octet_length(payload::text) AS bytes, response FROM internal_events.service_pings;
SELECT m ->> 'name' AS metric, m ->> 'status' AS status, m ->> 'time_elapsed' AS seconds
  FROM internal_events.service_pings p, json_array_elements(p.metadata -> 'metrics') m
 ORDER BY (m ->> 'time_elapsed')::numeric DESC LIMIT 5;
