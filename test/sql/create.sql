-- CREATE EXTENSION: what it makes, for whom, and what stands in its way.
\set SHOW_CONTEXT never
SET client_min_messages = error;
DROP EXTENSION IF EXISTS internal_events CASCADE;
DROP EXTENSION IF EXISTS hll CASCADE;
RESET client_min_messages;

CREATE EXTENSION internal_events;
CREATE EXTENSION internal_events CASCADE;
CREATE EXTENSION internal_events;

-- The schemas, and who may use them.
SELECT nspname AS schema, array_remove(array_agg(CASE WHEN a.grantee = 0 THEN 'public' WHEN a.grantee <> nspowner
                                       THEN a.grantee::regrole::text END ORDER BY a.grantee::regrole::text), NULL) AS usage
  FROM pg_namespace LEFT JOIN LATERAL aclexplode(nspacl) a ON true
 WHERE nspname IN ('internal_events', 'metrics') GROUP BY nspname ORDER BY 1;

-- The roles: they cannot log in, and none is a member of another, but for the owner of metric views, who reads as a reader.
SELECT rolname, rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS can_more,
       (SELECT count(*) FROM pg_auth_members m WHERE m.member = r.oid) AS memberships
  FROM pg_roles r WHERE rolname LIKE 'internal\_events\_%' ORDER BY 1;

-- Every function that somebody may call: w(riter), r(eader), a(dmin), p(ublic).
CREATE FUNCTION grantees(acl aclitem[], owner oid) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(DISTINCT CASE WHEN a.grantee = 0 THEN 'p'
                                             ELSE substr(a.grantee::regrole::text, 17, 1) END, ''), '')
      FROM aclexplode(acl) a WHERE a.grantee <> owner
$$;
SELECT n.nspname || '.' || p.proname AS function, pg_get_function_arguments(p.oid) AS arguments,
       pg_get_function_result(p.oid) AS result, grantees(coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner) AS may
  FROM pg_depend d
  JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'internal_events'
  JOIN pg_proc p ON p.oid = d.objid AND d.classid = 'pg_proc'::regclass
  JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE grantees(coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner) <> ''
 ORDER BY p.proname COLLATE "C", pg_get_function_arguments(p.oid) COLLATE "C" \g (format=unaligned tuples_only=on)

-- Every table, view and sequence, for whom (nothing: the owner only).
SELECT c.relkind AS kind, c.oid::regclass AS name, grantees(coalesce(c.relacl, acldefault('r', c.relowner)), c.relowner) AS may
  FROM pg_depend d
  JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'internal_events'
  JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
 WHERE c.relkind IN ('r', 'p', 'v', 'S') AND d.deptype = 'e'
 ORDER BY c.relkind, c.relname COLLATE "C";

-- A function that runs with its owner's rights, or runs others', must not be led astray by a caller's search_path.
SELECT p.oid::regprocedure AS unpinned
  FROM pg_proc p
 WHERE p.pronamespace = 'internal_events'::regnamespace AND p.prosqlbody IS NULL
   AND p.prolang IN (SELECT l.oid FROM pg_language l WHERE l.lanname IN ('sql', 'plpgsql'))
   AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false);

-- Every object says what it is.
SELECT pg_describe_object(d.classid, d.objid, 0) AS without_comment
  FROM pg_depend d
  JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'internal_events'
 WHERE d.deptype = 'e' AND obj_description(d.objid, d.classid::regclass::name) IS NULL
   AND d.classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_namespace'::regclass)
   AND d.objid NOT IN (SELECT oid FROM pg_class WHERE relkind = 'S')
 ORDER BY 1;
SELECT c.oid::regclass AS without_comment, a.attname
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'internal_events'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND col_description(c.oid, a.attnum) IS NULL
 ORDER BY 1, 2;

-- Tables that hold data are dumped; one that is not would come back empty, but for those that CREATE EXTENSION fills.
SELECT c.oid::regclass AS not_dumped
  FROM pg_class c
 WHERE c.relnamespace = 'internal_events'::regnamespace AND c.relkind IN ('r', 'p', 'S')
   AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'internal_events' AND c.oid = ANY (e.extconfig))
 ORDER BY 1;

-- The ten lines of the README.
SELECT internal_events.load_event_definition($$
action: project_created
description: A user creates a project
identifiers: [user, project]
$$);
SELECT internal_events.load_metric_definition($$
key_path: counts.users_creating_projects
description: Users who created a project
value_type: number
status: active
time_frame: all
data_source: internal_events
events:
  - name: project_created
    unique: user.id
$$);
SELECT track_event('project_created', user_id => 7, project_id => 1);
SELECT * FROM internal_events.metric_values WHERE key_path LIKE 'counts.%';
SELECT value FROM metrics."counts.users_creating_projects";

-- Gone without a trace, but for the roles; and back.
DROP EXTENSION internal_events;
DROP EXTENSION internal_events CASCADE;
SELECT count(*) AS schemas_left FROM pg_namespace WHERE nspname IN ('internal_events', 'metrics');
SELECT count(*) AS functions_left FROM pg_proc WHERE proname LIKE 'track\_event%';

-- Somebody else's schema.
CREATE SCHEMA metrics;
CREATE EXTENSION internal_events;
SET internal_events.metrics_schema = 'Product metrics';
CREATE EXTENSION internal_events;
RESET internal_events.metrics_schema;
SELECT internal_events.metrics_schema();
DROP EXTENSION internal_events;
DROP SCHEMA metrics;
CREATE SCHEMA internal_events;
CREATE EXTENSION internal_events;
DROP SCHEMA internal_events;

-- Somebody else's role.
ALTER ROLE internal_events_admin CREATEDB;
CREATE EXTENSION internal_events;
ALTER ROLE internal_events_admin NOCREATEDB;
GRANT internal_events_metrics TO internal_events_writer;
CREATE EXTENSION internal_events;
REVOKE internal_events_metrics FROM internal_events_writer;

-- In a schema of its own, hll in another one.
DROP EXTENSION hll;
CREATE SCHEMA sketches;
CREATE SCHEMA "My Analytics";
CREATE EXTENSION hll SCHEMA sketches;
CREATE EXTENSION internal_events SCHEMA "My Analytics";
SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'track\_event%' ORDER BY 1;
SELECT internal_events.load_event_definition('{action: opened, description: A page is opened}');
SELECT internal_events.load_metric_definition('{key_path: opened, description: Openings, value_type: number, status: active,
  time_frame: all, data_source: internal_events, events: [{name: opened, unique: user.id}]}');
SELECT "My Analytics".track_event('opened', user_id => 3);
SELECT internal_events.metric_value('opened'), internal_events.unique_count('opened', 'user.id', '-infinity', 'infinity');
ALTER EXTENSION internal_events SET SCHEMA public;

DROP FUNCTION grantees;
SET client_min_messages = error;
DROP EXTENSION hll CASCADE;
DROP SCHEMA sketches, "My Analytics" CASCADE;
