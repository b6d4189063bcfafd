-- Definitions: loading, every refusal with its line, key and remedy, updates, removal.
\set SHOW_CONTEXT never
SET client_min_messages = error;
DROP EXTENSION IF EXISTS internal_events CASCADE;
CREATE EXTENSION internal_events CASCADE;
RESET client_min_messages;

SELECT internal_events.load_event_definition($$
---
# Comments are fine.
action: issue_created
description: A user creates an issue
internal_events: true
identifiers:
  - user
  - project
additional_properties:
  label:
    description: Where
  severity:
    description: How bad
milestone: 16.10
tiers: [free, premium]
$$, 'config/events/issue_created.yml');
SELECT internal_events.load_event_definition('{"action": "issue_closed", "description": "JSON is YAML", "status": "removed"}');
SELECT name, status, category, identifiers, additional_properties, path, definition ->> 'milestone' AS milestone
  FROM internal_events.event_definitions ORDER BY name;

SELECT internal_events.load_metric_definition($$
key_path: counts.issues
description: Issues
value_type: number
status: data_available
milestone: 8.10
tier:
  - free
time_frame: [7d, 28d]
data_source: internal_events
events:
  - name: issue_created
    filter:
      severity: 1
$$, 'config/metrics/issues.yml');
SELECT key_path, status, data_source, definition ->> 'milestone' AS milestone, path FROM internal_events.metric_definitions;
SELECT key_path, time_frame, status, tiers FROM internal_events.metrics WHERE key_path LIKE 'counts.%' ORDER BY 1;

-- Several problems: all of them are told, with line, key, what is wrong and what is allowed.
SELECT internal_events.load_metric_definition($$
key_path: Counts..issues
description: Everything is wrong
value_type: numbr
status: activ
time_frame: [7d, 7d, weekly]
data_source: internal_events
events:
  - name: issue_made
  - unique: user.id
    operator: sum
$$, 'config/metrics/wrong.yml');
SELECT * FROM internal_events.validate_definition('metric', $$
key_path: Counts..issues
description: Everything is wrong
value_type: numbr
status: activ
time_frame: [7d, 7d, weekly]
data_source: internal_events
events:
  - name: issue_made
  - unique: user.id
    operator: sum
$$);
SELECT * FROM internal_events.validate_definition('event', $$
action: issue created
description:
  - a list
identifiers: [user, users]
additional_properties: [label]
status: gone
tiers: free
$$);

-- What no schema can say, one by one.
CREATE FUNCTION problems(more text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s: %s', p.path, p.message)
      FROM internal_events.validate_definition('metric', E'description: Text\nvalue_type: number\nstatus: active\n' || more) p
$$;
CREATE FUNCTION of_events(events text, frame text DEFAULT 'all') RETURNS SETOF text LANGUAGE sql AS $$
    SELECT problems(format(E'key_path: counts.other\ntime_frame: %s\ndata_source: internal_events\nevents: %s', frame, events))
$$;
SELECT of_events('[{name: issue_creatd}]');
SELECT of_events('[]');
SELECT of_events('');
SELECT of_events('[{name: issue_created, unique: user.id}, {name: issue_created}]', '28d');
SELECT of_events('[{name: issue_created, unique: user.id}, {name: issue_created, unique: project.id}]', '28d');
SELECT of_events('[{name: issue_created, operator: sum(value)}, {name: issue_created}]');
SELECT of_events('[{name: issue_created, unique: user.id, operator: sum(value)}]', '28d');
SELECT of_events('[{name: issue_created, operator: avg(value)}]');
SELECT of_events('[{name: issue_created, unique: sevrity}]', '28d');
SELECT of_events('[{name: issue_created, unique: user}]', '28d');
SELECT of_events('[{name: issue_created, filter: {colour: red}}]');
SELECT of_events('[{name: issue_created, filter: {label: 7}}]');
SELECT of_events('[{name: issue_created, filter: {severity: [1, 2]}}]');
SELECT of_events('[{name: issue_created}]', 'none');
SELECT of_events('[{name: issue_created}]', '[all, none]');
SELECT of_events('[{name: issue_created}]', '[]');
SELECT of_events('[{name: issue_created}]', '90d');
SELECT problems(E'key_path: system.version\ntime_frame: 7d\ndata_source: system');
SELECT problems(E'key_path: system.version\ntime_frame: none\ndata_source: systm');

-- Key paths: taken, or at once a number and an object.
SELECT problems(E'key_path: counts.issues_weekly\ntime_frame: 7d\ndata_source: internal_events\nevents: [{name: issue_created}]');
SELECT problems(E'key_path: counts\ntime_frame: all\ndata_source: internal_events\nevents: [{name: issue_created}]');
SELECT problems(E'key_path: counts.issues_weekly.web\ntime_frame: all\ndata_source: internal_events\nevents: [{name: issue_created}]');
SELECT problems(E'key_path: counts.issues\ntime_frame: all\ndata_source: internal_events\nevents: [{name: issue_created}]') AS its_own;
SELECT problems(E'key_path: "1.bad-path"\ntime_frame: none\ndata_source: system');

-- Warnings: the definition is loaded, unless it is to be strict.
SELECT of_events('[{name: issue_created, filter: {property: x}}]');
SELECT of_events('[{name: issue_closed}]');
SELECT of_events('[{name: issue_created}, {name: issue_created, filter: {}}]');
SELECT internal_events.load_event_definition(E'action: typo\ndescription: A key that nobody knows\nidentifer: [user]');
SELECT internal_events.load_event_definition(E'action: typo2\ndescription: A key that nobody knows\nidentifer: [user]', 'typo.yml', true);
SELECT name, definition FROM internal_events.event_definitions WHERE name LIKE 'typo%';
SELECT internal_events.load_metric_definition($$
key_path: counts.warned
description: Loaded with warnings
value_type: number
status: active
time_frame: all
data_source: internal_events
eventz: 1
events:
  - name: issue_created
    filter: {property: x}
$$, 'warned.yml');
SELECT internal_events.load_metric_definition($$
key_path: counts.strict
description: Refused
value_type: number
status: active
time_frame: all
data_source: internal_events
events:
  - name: issue_created
    filters: {label: x}
$$, 'strict.yml', strict => true);

-- What is no definition at all.
SELECT internal_events.load_event_definition('');
SELECT internal_events.load_event_definition('- a list');
SELECT internal_events.load_event_definition('just text');
SELECT internal_events.load_event_definition(E'action: a\n description: indented');
SELECT internal_events.load_event_definition(E'action: a\naction: b\ndescription: twice');
SELECT internal_events.load_event_definition(E'action: a\n---\naction: b');
SELECT internal_events.load_event_definition('action: !ruby/object:Kernel {}');
SELECT internal_events.load_event_definition(repeat('[', 100));
SELECT internal_events.load_event_definition(E'x: &a [1,1,1,1,1,1,1,1,1,1]\ny: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nz: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n'
                                             'v: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\nw: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]');
SELECT internal_events.load_event_definition(NULL);
SELECT internal_events.load_metric_definition(NULL);
SELECT * FROM internal_events.validate_definition('metrics', 'a: 1');
SELECT * FROM internal_events.validate_definition('metric', 'a: 1') ORDER BY path COLLATE "C";
SELECT * FROM internal_events.validate_definition('metric', $$
key_path: counts.fine
description: Nothing is wrong
value_type: number
status: active
time_frame: all
data_source: internal_events
events: [{name: issue_created, unique: label}]
$$);

-- A refusal leaves everything as it was.
SELECT key_path FROM internal_events.metrics WHERE key_path LIKE 'counts.%' ORDER BY 1;

-- The same again, a change, a removal, a return.
CREATE FUNCTION issues(status text, frames text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT internal_events.load_metric_definition(format(
        E'key_path: counts.issues\ndescription: Issues\nvalue_type: number\nstatus: %s\ntime_frame: %s\n'
        'data_source: internal_events\nevents: [{name: issue_created}]', status, frames))
$$;
SELECT issues('active', '[7d, 28d]');
SELECT issues('active', '[7d, 28d]');
SELECT issues('active', 'all');
SELECT key_path, time_frame, status, view_name FROM internal_events.metrics WHERE key_path LIKE 'counts.issues%';
SELECT issues('removed', 'all');
SELECT key_path, time_frame, status, view_name, remedy FROM internal_events.metrics WHERE key_path LIKE 'counts.issues%';
SELECT issues('broken', 'all');
SELECT key_path, time_frame, status, view_name, remedy FROM internal_events.metrics WHERE key_path LIKE 'counts.issues%';
SELECT issues('active', 'all');
SELECT key_path, time_frame, status, view_name FROM internal_events.metrics WHERE key_path LIKE 'counts.issues%';

-- Older data sources are listed with what to do.
SELECT internal_events.load_metric_definition(format(
    E'key_path: legacy.%s\ndescription: Text\nvalue_type: number\nstatus: active\ntime_frame: %s\ndata_source: %s', source, frame, source))
  FROM (VALUES ('redis', 'all'), ('redis_hll', '28d'), ('ruby', 'none'), ('license', 'none'), ('prometheus', 'none'),
               ('database', 'all'), ('system', 'none')) v (source, frame);
SELECT key_path, status, remedy, view_name, period_start, standard_error FROM internal_events.metrics WHERE key_path LIKE 'legacy.%' ORDER BY 1;

-- A folder of the server, here below its data directory: events first, a bad file spoils no other.
COPY (SELECT) TO PROGRAM 'cat >/dev/null; mkdir -p regress_definitions/metrics';
COPY (VALUES ('action: folder_made'), ('description: A folder is made')) TO PROGRAM 'cat >regress_definitions/z_event.yml';
COPY (VALUES ('key_path: folders.made'), ('description: Folders'), ('value_type: number'), ('status: active'),
             ('time_frame: all'), ('data_source: internal_events'), ('events: [{name: folder_made}]'))
  TO PROGRAM 'tee regress_definitions/metrics/a.yml regress_definitions/metrics/again.yml >/dev/null';
COPY (VALUES ('key_path: folders.bad'), ('description: Folders'), ('value_type: number'), ('status: active'),
             ('time_frame: all'), ('data_source: internal_events'), ('events: [{name: folder_mad}]'), ('unknown: 1'))
  TO PROGRAM 'cat >regress_definitions/metrics/bad.yml';
COPY (VALUES ('not: a definition')) TO PROGRAM 'cat >regress_definitions/metrics/else.yaml';
COPY (SELECT) TO PROGRAM 'cat >/dev/null; printf "\\377\\376" >regress_definitions/metrics/latin.yml';
COPY (VALUES ('nothing')) TO PROGRAM 'cat >regress_definitions/README.md';
SELECT * FROM internal_events.load_definitions('regress_definitions') \gx
SELECT * FROM internal_events.load_definitions('regress_definitions', strict => true) WHERE error IS NULL;
SELECT * FROM internal_events.load_definitions('regress_definitions/nowhere');
SELECT * FROM internal_events.load_definitions('regress_definitions/z_event.yml');
SELECT * FROM internal_events.load_definitions(NULL);
SELECT key_path, path FROM internal_events.metrics WHERE key_path LIKE 'folders%';
SELECT track_event('folder_made');
SELECT internal_events.metric_value('folders.made');

-- Who may.
CREATE ROLE regress_admin IN ROLE internal_events_admin;
SET ROLE regress_admin;
SELECT internal_events.load_event_definition('{action: by_admin, description: Text}');
SELECT internal_events.load_metric_definition('{key_path: by.admin, description: Text, value_type: number, status: active,
  time_frame: all, data_source: internal_events, events: [{name: by_admin}]}');
SELECT * FROM internal_events.load_definitions('regress_definitions');
UPDATE internal_events.event_definitions SET status = 'removed';
SET ROLE internal_events_reader;
SELECT internal_events.load_event_definition('{action: by_reader, description: Text}');
SELECT count(*) FROM internal_events.validate_definition('event', '{action: by_reader, description: Text}');
RESET ROLE;
GRANT pg_read_server_files TO regress_admin;
SET ROLE regress_admin;
SELECT count(*) FROM internal_events.load_definitions('regress_definitions') WHERE error IS NULL;
RESET ROLE;
DROP ROLE regress_admin;

COPY (SELECT) TO PROGRAM 'cat >/dev/null; rm -r regress_definitions';
DROP FUNCTION issues, of_events, problems;
SET client_min_messages = error;
DROP EXTENSION internal_events CASCADE;
