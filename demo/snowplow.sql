\set QUIET on
SET client_min_messages = warning;
\pset footer off
SET internal_events.hostname = 'planner.example.com';
\echo '== Forwarding to Snowplow: what waits is given up, and three thousand events are tracked from here =='
SELECT internal_events.discard_forwarding_backlog() AS given_up;
SELECT count(*) FILTER (WHERE track_event(
           (ARRAY['issue_created', 'package_published', 'issue_created', 'comment_posted', 'search_performed'])[i % 5 + 1],
           user_id => (random() * 5000)::bigint, project_id => i % 400, namespace_id => i % 20,
           additional_properties => CASE i % 5
               WHEN 0 THEN jsonb_build_object('label', (ARRAY['web', 'email', 'api'])[i % 3 + 1])
               WHEN 1 THEN jsonb_build_object('label', (ARRAY['npm', 'maven'])[i % 2 + 1], 'value', i % 900)
           END)) AS tracked
  FROM generate_series(1, 3000) i;

\echo '== One of them before anything is sent: the parameters of the tracker protocol, and the contexts that are their "co" =='
SELECT event_id, jsonb_pretty(parameters - 'co') AS parameters, jsonb_pretty((parameters ->> 'co')::jsonb -> 'data') AS contexts
  FROM internal_events.preview_forwarding(1) \gset
\echo :parameters
\echo :contexts
\echo

\echo '== Sent to a collector on this machine =='
SET internal_events.snowplow_collector_url = :'collector';
\timing on
CALL internal_events.forward_events();
\timing off
\x on
SELECT state, backlog, round(rate) AS events_a_second, last_error, delivered, not_eligible, failures, discarded
  FROM internal_events.forwarding_status;
\x off

\echo '== What the collector took, every event validated, and the same event as it came in =='
\setenv COLLECTOR :collector
\setenv EVENT :event_id
\set took `demo/collected`
\echo :took
