-- track_event() and track_events(): what they record, what they refuse, and how they say so.
\set SHOW_CONTEXT never
SET client_min_messages = error;
DROP EXTENSION IF EXISTS internal_events CASCADE;
CREATE EXTENSION internal_events CASCADE;
RESET client_min_messages;

SELECT internal_events.load_event_definition($$
action: package_published
description: A package is published
identifiers: [user, project, namespace]
additional_properties:
  label: {description: The format}
  property: {description: The login}
  value: {description: The size}
  token: {description: The deploy token}
$$);
SELECT internal_events.load_event_definition('{action: searched, description: A search, status: removed}');
-- What was recorded since the last look, the newest last.
CREATE FUNCTION recorded() RETURNS TABLE (event text, u bigint, p bigint, n bigint, properties jsonb, context jsonb,
                                          occurred boolean, snowplow boolean)
LANGUAGE sql AS $$
    WITH new AS (DELETE FROM internal_events.events e RETURNING e.*)
    SELECT d.name, new.user_id, new.project_id, new.namespace_id, new.additional_properties, new.context,
           new.occurred_at IS NOT NULL, new.send_to_snowplow
      FROM new JOIN internal_events.event_definitions d ON d.id = new.event_definition_id
     ORDER BY new.user_id, new.id
$$;

-- Recorded.
SELECT track_event('package_published');
SELECT track_event('package_published', 1, 2, 3, '{"label": "npm", "property": "token", "value": 12.5, "token": 7}',
                   'Packages', '{5,6}', now() - interval '1 hour', false);
SELECT track_event('package_published', user_id => 2, additional_properties => '{"token": "abc", "label": null}');
SELECT track_event('package_published', user_id => 3, additional_properties => '{}', category => '',
                   feature_enabled_by_namespace_ids => '{}');
SELECT track_event('package_published', user_id => -4, additional_properties => '{"value": -1e18}',
                   feature_enabled_by_namespace_ids => '{9,NULL,8}', send_to_snowplow => NULL);
SELECT track_event('package_published', user_id => 5, additional_properties => '{"label": null}');
SELECT * FROM recorded();

-- Recorded without what is not declared.
SELECT track_event('package_published', user_id => 1, additional_properties => '{"label": "npm", "colour": "red", "Label": 1}');
SELECT track_event('package_published', user_id => 2, additional_properties => '{"nested": {"a": 1}}');
SELECT * FROM recorded();

-- Recorded at another time than was asked for.
SELECT track_event('package_published', user_id => 1, occurred_at => now() + interval '1 hour');
SELECT track_event('package_published', user_id => 2, occurred_at => '1999-12-31');
SELECT track_event('package_published', user_id => 3, occurred_at => '-infinity');
SELECT track_event('package_published', user_id => 4, occurred_at => 'infinity');
SELECT user_id, tracked_at - occurred_at AS age FROM internal_events.events ORDER BY 1;
SELECT count(*) FROM recorded();

-- Refused.
SELECT track_event('unheard_of');
SELECT track_event('');
SELECT track_event(NULL);
SELECT track_event('searched');
SELECT track_event('package_published', additional_properties => '[]');
SELECT track_event('package_published', additional_properties => '"text"');
SELECT track_event('package_published', additional_properties => 'null');
SELECT track_event('package_published', additional_properties => '{"label": 1}');
SELECT track_event('package_published', additional_properties => '{"property": true}');
SELECT track_event('package_published', additional_properties => '{"value": "12"}');
SELECT track_event('package_published', additional_properties => '{"value": 1e19}');
SELECT track_event('package_published', additional_properties => '{"value": -1e400}');
SELECT track_event('package_published', additional_properties => '{"value": 1e-101}');
SELECT track_event('package_published', additional_properties => '{"token": 1e309}');
SELECT track_event('package_published', additional_properties => '{"token": 1e-401}');
SELECT track_event('package_published', category => repeat('c', 4001));
SELECT track_event('package_published', feature_enabled_by_namespace_ids => array_fill(1::bigint, ARRAY[1001]));
SELECT track_event(repeat('x', 101));
BEGIN;
SELECT track_event('package_published', category => repeat('c', 4000), additional_properties => '{"value": 1e-100, "token": 1e308}',
                   feature_enabled_by_namespace_ids => array_fill(1::bigint, ARRAY[1000]),
                   occurred_at => clock_timestamp() + interval '5 seconds');
ROLLBACK;
SELECT track_event('package_published', additional_properties => '{"token": ["a"]}');
SELECT track_event('package_published', additional_properties => '{"token": {"a": 1}}');
SELECT track_event('package_published', additional_properties => '{"token": false}');
SELECT track_event('package_published', additional_properties => jsonb_build_object('label', repeat('x', 70000)));
SELECT track_event('Package_Published');
BEGIN READ ONLY;
SELECT track_event('package_published');
SELECT track_events('[{"event": "package_published"}]');
COMMIT;
SELECT * FROM recorded();

-- on_error = error: an ERROR with an SQLSTATE of its own; a savepoint saves the transaction.
SET internal_events.on_error = error;
SELECT track_event('unheard_of');
CREATE FUNCTION refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE call;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN format('%s %s [%s]', SQLSTATE, SQLERRM, hint);
END
$$;
SELECT refusal(c) FROM unnest(ARRAY[
    $$SELECT track_event('unheard_of')$$,
    $$SELECT track_event(NULL)$$,
    $$SELECT track_event('searched')$$,
    $$SELECT track_event('package_published', additional_properties => '{"value": "12"}')$$,
    $$SELECT track_event('package_published', additional_properties => '{"value": 1e19}')$$,
    $$SELECT track_event('package_published', additional_properties => '7')$$,
    $$SELECT track_events('{}')$$,
    $$SELECT track_events('[{"event": "package_published"}, {"event": "unheard_of"}]')$$]) c;
BEGIN;
SELECT track_event('package_published', user_id => 1);
SAVEPOINT s;
SELECT track_event('unheard_of');
ROLLBACK TO s;
SELECT track_event('package_published', user_id => 2);
COMMIT;
BEGIN READ ONLY;
SELECT track_event('package_published');
ROLLBACK;
SELECT u FROM recorded();

-- on_error = ignore: silence, of warnings too.
SET internal_events.on_error = ignore;
SELECT track_event('unheard_of'), track_event('searched'), track_event(NULL),
       track_event('package_published', additional_properties => '{"value": "12"}'),
       track_event('package_published', user_id => 1, additional_properties => '{"colour": "red"}'),
       track_events('[1, {"event": "package_published"}]');
SELECT u, properties FROM recorded();
RESET internal_events.on_error;

-- enabled = off: false, whatever it is.
SET internal_events.enabled = off;
SELECT track_event('package_published'), track_event('unheard_of'), track_events('[{"event": "package_published"}]'), track_events('7');
SELECT count(*) FROM recorded();
RESET internal_events.enabled;

-- Several at once: the good ones are recorded, each bad one is named by its index, from 0.
SELECT track_events($$[
    {"event": "package_published", "user_id": 1},
    {"event_name": "package_published", "user_id": "9007199254740993", "project_id": 2, "namespace_id": 3,
     "additional_properties": {"label": "npm", "value": 1}, "category": "c", "feature_enabled_by_namespace_ids": [1, "2"],
     "occurred_at": "1999-12-31T00:00:00Z", "send_to_snowplow": false},
    {"event": "unheard_of"},
    7,
    null,
    ["package_published"],
    {},
    {"event": 7},
    {"event": "package_published", "user": 7},
    {"event": "package_published", "user_id": 1.5},
    {"event": "package_published", "user_id": 9223372036854775808},
    {"event": "package_published", "user_id": "0x10"},
    {"event": "package_published", "project_id": true},
    {"event": "package_published", "namespace_id": {}},
    {"event": "package_published", "additional_properties": "label"},
    {"event": "package_published", "additional_properties": {"label": 7}},
    {"event": "package_published", "additional_properties": {"colour": "red"}, "user_id": 5},
    {"event": "package_published", "category": 7},
    {"event": "package_published", "feature_enabled_by_namespace_ids": 7},
    {"event": "package_published", "feature_enabled_by_namespace_ids": ["x"]},
    {"event": "package_published", "occurred_at": "soon"},
    {"event": "package_published", "occurred_at": "infinity"},
    {"event": "package_published", "occurred_at": 1790000000},
    {"event": "package_published", "send_to_snowplow": "yes"},
    {"event": "searched"},
    {"event": "package_published", "user_id": null, "additional_properties": null, "occurred_at": null, "category": null},
    {"event": "package_published", "user_id": 9223372036854775807},
    {"event": "package_published", "user_id": -9223372036854775808}
]$$);
SELECT * FROM recorded();
SELECT track_events('[]'), track_events(NULL);
SELECT track_events('{"event": "package_published"}');
SELECT track_events('7');
SELECT track_events('"package_published"');
SELECT track_events('null');
SELECT track_events((SELECT jsonb_agg(jsonb_build_object('event', 'package_published', 'user_id', n)) FROM generate_series(1, 5000) n));
SELECT count(*), count(DISTINCT u), min(u), max(u) FROM recorded();

-- In the caller's transaction.
BEGIN;
SELECT track_event('package_published', user_id => 1);
SAVEPOINT s;
SELECT track_event('package_published', user_id => 2);
ROLLBACK TO s;
SELECT track_event('package_published', user_id => 3);
COMMIT;
BEGIN;
SELECT track_event('package_published', user_id => 4);
ROLLBACK;
SELECT u FROM recorded();
CREATE TABLE things (id bigint);
INSERT INTO things SELECT n FROM generate_series(1, 3) n RETURNING track_event('package_published', user_id => id);
CREATE FUNCTION thing_made() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM track_event(''package_published'', user_id => NEW.id); RETURN NEW; END';
CREATE TRIGGER thing_made BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION thing_made();
COPY things FROM STDIN;
10
11
\.
SELECT u FROM recorded();

-- Who may.
CREATE ROLE regress_tracker IN ROLE internal_events_writer;
CREATE ROLE regress_stranger;
SET ROLE regress_tracker;
SELECT track_event('package_published', user_id => 1);
SELECT track_events('[{"event": "package_published", "user_id": 2}]');
SELECT count(*) FROM internal_events.events;
SELECT internal_events.load_event_definition('{action: mine, description: Mine}');
INSERT INTO internal_events.events SELECT;
SET ROLE regress_stranger;
SELECT track_event('package_published');
SELECT track_events('[]');
RESET ROLE;
SELECT u FROM recorded();

-- A definition that changes is known to the next call.
SELECT internal_events.load_event_definition('{action: searched, description: A search, additional_properties: {label: {}}}');
SELECT track_event('searched', additional_properties => '{"label": "x"}');
BEGIN;
SELECT internal_events.load_event_definition('{action: later, description: Later}');
SELECT track_event('later');
ROLLBACK;
SELECT track_event('later');
SELECT event, properties FROM recorded();

DROP TABLE things;
DROP FUNCTION thing_made, recorded, refusal;
DROP ROLE regress_tracker, regress_stranger;
SET client_min_messages = error;
DROP EXTENSION internal_events CASCADE;
