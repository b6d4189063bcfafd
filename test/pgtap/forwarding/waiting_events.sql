-- Which events wait to be forwarded: what counts them and what sends them go by one rule.
BEGIN;
\ir ../support.psql
SELECT plan(5);

SELECT pg_temp.event('opened');
SELECT pg_temp.event('kept', more => '{"send_to_snowplow": false}');
UPDATE internal_events.readers SET snapshot = '1:1:';
INSERT INTO internal_events.events (xid, id, event_definition_id, cluster_id, tracked_at, send_to_snowplow, context)
SELECT 10, gen_random_uuid(), e.definition, internal_events.cluster_id(), now(), e.send, '{"snowplow": {"e": "pv", "p": "web", "tv": "x"}}'
  FROM (VALUES ((SELECT d.id FROM internal_events.event_definitions d WHERE d.name = 'opened'), true),
               ((SELECT d.id FROM internal_events.event_definitions d WHERE d.name = 'opened'), false),
               ((SELECT d.id FROM internal_events.event_definitions d WHERE d.name = 'kept'), true),
               (0, true), (0, false), (987654, true)) AS e (definition, send);

SELECT set_eq('SELECT coalesce(d.name, w.event_definition_id::text) FROM internal_events.waiting_events w '
              'LEFT JOIN internal_events.event_definitions d ON d.id = w.event_definition_id', '{opened,0}'::text[],
              'events of eligible definitions wait, and what a tracker sent; none of a definition that is not known');
SELECT set_eq('SELECT w.id FROM internal_events.waiting_events w',
              'SELECT p.event_id FROM internal_events.forwarding_parameters(ARRAY(SELECT e FROM internal_events.events e)) p WHERE p.is_eligible',
              'they are those that are sent');
SELECT is((SELECT s.backlog FROM internal_events.forwarding_status s), 2::bigint, 'and those that forwarding_status counts');
SELECT is((SELECT count(*) FROM internal_events.preview_forwarding()), 2::bigint, 'and previews');
SELECT is(internal_events.discard_forwarding_backlog(), 2::bigint, 'and discards');

SELECT * FROM finish();
ROLLBACK;
