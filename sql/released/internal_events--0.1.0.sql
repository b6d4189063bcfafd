\echo Use "CREATE EXTENSION internal_events CASCADE" to load this file. \quit

-- sql/schema/search_path.sql
-- Names in this script mean the system's objects and hll's, whatever stands in the schema that the extension goes to.
SELECT pg_catalog.set_config('search_path',
                             pg_catalog.format('pg_catalog, %I, pg_temp', n.nspname), true)
  FROM pg_catalog.pg_extension e
  JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname = 'hll';

-- sql/roles/roles.sql
-- Roles belong to the cluster: another database of it may have made them. A role of that name that somebody else
-- made for himself would be handed our privileges, so anything that can log in or do more than a plain role is refused.
DO $$
DECLARE
    name text;
    role pg_catalog.pg_roles;
BEGIN
    FOREACH name IN ARRAY ARRAY['internal_events_writer', 'internal_events_reader', 'internal_events_admin'] LOOP
        SELECT * INTO role FROM pg_catalog.pg_roles WHERE rolname = name;
        IF NOT FOUND THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', name);
        ELSIF role.rolcanlogin OR role.rolsuper OR role.rolcreaterole OR role.rolcreatedb OR role.rolreplication
              OR role.rolbypassrls THEN
            RAISE EXCEPTION 'role "%" exists and has attributes that a NOLOGIN group role must not have', name
                USING ERRCODE = 'duplicate_object',
                      HINT = 'Drop or rename that role, then run CREATE EXTENSION again.';
        END IF;
    END LOOP;
END
$$;
COMMENT ON ROLE internal_events_writer IS 'May track events, and reads nothing';
COMMENT ON ROLE internal_events_reader IS 'May read metrics and definitions';
COMMENT ON ROLE internal_events_admin IS 'May load definitions and run the rollup, maintenance and jobs';

-- sql/schema/internal_events.sql
CREATE SCHEMA internal_events;
COMMENT ON SCHEMA internal_events IS 'Product analytics: the event log, buckets, definitions and metrics';

-- sql/schema/metrics.sql
-- The schema of metric views; its name is fixed here, in a function, because every session has to agree on it.
DO $$
DECLARE
    name text := coalesce(nullif(pg_catalog.current_setting('internal_events.metrics_schema', true), ''), 'metrics');
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = name) THEN
        RAISE EXCEPTION 'schema "%" for metric views exists', name
            USING ERRCODE = 'duplicate_schema',
                  HINT = 'SET internal_events.metrics_schema to another name, then run CREATE EXTENSION again.';
    END IF;
    EXECUTE pg_catalog.format('CREATE SCHEMA %I', name);
    EXECUTE pg_catalog.format('COMMENT ON SCHEMA %I IS %L', name, 'One view a metric and time frame, column value');
    EXECUTE pg_catalog.format(
        'CREATE FUNCTION internal_events.metrics_schema() RETURNS name LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %L::name',
        name);
END
$$;
COMMENT ON FUNCTION internal_events.metrics_schema() IS
    'The schema of metric views, as internal_events.metrics_schema said at CREATE EXTENSION';

-- sql/functions/track_event.sql
CREATE FUNCTION @extschema@.track_event(
    event_name text,
    user_id bigint DEFAULT NULL,
    project_id bigint DEFAULT NULL,
    namespace_id bigint DEFAULT NULL,
    additional_properties jsonb DEFAULT NULL,
    category text DEFAULT NULL,
    feature_enabled_by_namespace_ids bigint[] DEFAULT NULL,
    occurred_at timestamptz DEFAULT NULL,
    send_to_snowplow boolean DEFAULT true
) RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_track_event';
COMMENT ON FUNCTION @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean) IS
    'Records a user action in the caller''s transaction; false, with a WARNING, where it is refused';

-- sql/functions/track_events.sql
CREATE FUNCTION @extschema@.track_events(events jsonb) RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_track_events';
COMMENT ON FUNCTION @extschema@.track_events(jsonb) IS
    'Records an array of objects with the arguments of track_event() as keys; returns how many were recorded';

-- sql/functions/element_bigint.sql
CREATE FUNCTION internal_events.element(id bigint) RETURNS hll_hashval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_element_bigint';
COMMENT ON FUNCTION internal_events.element(bigint) IS
    'The sketch element of an id: the hash that Redis PFADD gives its decimal text';

-- sql/functions/element_text.sql
CREATE FUNCTION internal_events.element(property text) RETURNS hll_hashval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_element_text';
COMMENT ON FUNCTION internal_events.element(text) IS
    'The sketch element of a property: the hash that Redis PFADD gives its bytes';

-- sql/functions/element_jsonb.sql
CREATE FUNCTION internal_events.element(property jsonb) RETURNS hll_hashval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_element_jsonb';
COMMENT ON FUNCTION internal_events.element(jsonb) IS
    'The sketch element of a property''s value: of a text, or of a number in its shortest spelling; null for others';

-- sql/functions/cluster_id.sql
CREATE FUNCTION internal_events.cluster_id() RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_cluster_id';
COMMENT ON FUNCTION internal_events.cluster_id() IS
    'A number for this cluster, made of its system identifier: events.xid counts within it';

-- sql/functions/utc_day.sql
CREATE FUNCTION internal_events.utc_day(moment timestamptz) RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_utc_day';
COMMENT ON FUNCTION internal_events.utc_day(timestamptz) IS 'The day of UTC that a moment lies in';

-- sql/functions/read_definition.sql
CREATE FUNCTION internal_events.read_definition(kind text, yaml text, catalog jsonb, strict boolean) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_read_definition';
COMMENT ON FUNCTION internal_events.read_definition(text, text, jsonb, boolean) IS
    'A definition in compiled form (null where it is wrong), and every problem of it';

-- sql/functions/definition_needs.sql
CREATE FUNCTION internal_events.definition_needs(yaml text) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_definition_needs';
COMMENT ON FUNCTION internal_events.definition_needs(text) IS
    'The events and key paths that a metric definition names';

-- sql/functions/definition_identity.sql
CREATE FUNCTION internal_events.definition_identity(yaml text, OUT kind text, OUT name text) RETURNS record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_definition_identity';
COMMENT ON FUNCTION internal_events.definition_identity(text) IS
    'event and its action, or metric and its key path; nulls where a text is no definition';

-- sql/functions/definition_files.sql
CREATE FUNCTION internal_events.definition_files(directory text, OUT path text, OUT yaml text) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_definition_files';
COMMENT ON FUNCTION internal_events.definition_files(text) IS
    'Every .yml file below a directory of the server (pg_read_server_files); yaml is null where a file cannot be read';

-- sql/functions/definitions_changed.sql
CREATE FUNCTION internal_events.definitions_changed() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ie_definitions_changed';
COMMENT ON FUNCTION internal_events.definitions_changed() IS
    'Tells every session that event definitions have changed';

-- sql/functions/as_of.sql
CREATE FUNCTION internal_events.as_of() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('internal_events.as_of', true), '')::date,
                internal_events.utc_day(statement_timestamp()));
COMMENT ON FUNCTION internal_events.as_of() IS
    'The date that time frames are computed from: internal_events.as_of, or today in UTC';

-- sql/functions/monday.sql
CREATE FUNCTION internal_events.monday(day date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN day - (extract(isodow FROM day)::integer - 1);
COMMENT ON FUNCTION internal_events.monday(date) IS
    'The first day of the ISO week that a day lies in; computed with dates alone, as week numbers break where years change';

-- sql/functions/event_retention.sql
CREATE FUNCTION internal_events.event_retention() RETURNS interval
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_event_retention';
COMMENT ON FUNCTION internal_events.event_retention() IS 'The setting internal_events.event_retention as an interval';

-- sql/functions/bucket_retention.sql
CREATE FUNCTION internal_events.bucket_retention() RETURNS interval
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_bucket_retention';
COMMENT ON FUNCTION internal_events.bucket_retention() IS 'The setting internal_events.bucket_retention as an interval';

-- sql/tables/events.sql
-- Each partition has an index of its own: pg_dump would make one of the whole table twice, as that would be a member of
-- the extension and its parts would not.
CREATE TABLE internal_events.events (
    xid bigint NOT NULL,
    id uuid NOT NULL,
    event_definition_id integer NOT NULL,
    cluster_id integer NOT NULL,
    tracked_at timestamptz NOT NULL,
    occurred_at timestamptz,
    user_id bigint,
    project_id bigint,
    namespace_id bigint,
    send_to_snowplow boolean NOT NULL,
    additional_properties jsonb,
    context jsonb
) PARTITION BY RANGE (tracked_at);
COMMENT ON TABLE internal_events.events IS
    'The log: one row an event, written by track_event() and by nothing else; partitioned by ISO week of UTC';
COMMENT ON COLUMN internal_events.events.xid IS 'The top-level 64-bit id of the transaction that tracked the event';
COMMENT ON COLUMN internal_events.events.id IS 'The event''s id (UUID version 7), by which consumers recognise it';
COMMENT ON COLUMN internal_events.events.event_definition_id IS 'event_definitions.id';
COMMENT ON COLUMN internal_events.events.cluster_id IS 'The cluster that xid counts in: cluster_id() at the time';
COMMENT ON COLUMN internal_events.events.tracked_at IS 'When the event was recorded';
COMMENT ON COLUMN internal_events.events.occurred_at IS 'When the caller says it happened; null: when it was recorded';
COMMENT ON COLUMN internal_events.events.user_id IS 'The acting user, an id of the application';
COMMENT ON COLUMN internal_events.events.project_id IS 'The project it happened in, an id of the application';
COMMENT ON COLUMN internal_events.events.namespace_id IS 'The namespace it happened in, an id of the application';
COMMENT ON COLUMN internal_events.events.send_to_snowplow IS 'Whether a Snowplow collector may be sent the event';
COMMENT ON COLUMN internal_events.events.additional_properties IS 'label, property, value and custom properties';
COMMENT ON COLUMN internal_events.events.context IS 'category, feature_enabled_by_namespace_ids and the like';
SELECT pg_extension_config_dump('internal_events.events', '');

-- sql/tables/events_default.sql
CREATE TABLE internal_events.events_default PARTITION OF internal_events.events DEFAULT;
CREATE INDEX events_default_xid ON internal_events.events_default USING brin (xid) WITH (pages_per_range = 64);
COMMENT ON TABLE internal_events.events_default IS
    'Catches events of weeks that have no partition yet; maintenance() moves them to their place';
COMMENT ON INDEX internal_events.events_default_xid IS 'Finds the rows that a reader has not seen yet';
SELECT pg_extension_config_dump('internal_events.events_default', '');

-- sql/tables/readers.sql
CREATE TABLE internal_events.readers (
    name text NOT NULL,
    cluster_id integer NOT NULL,
    snapshot pg_snapshot NOT NULL,
    finished boolean NOT NULL DEFAULT false,
    read_at timestamptz,
    PRIMARY KEY (name, cluster_id)
);
COMMENT ON TABLE internal_events.readers IS
    'How far each reader of the log is: it has read what its snapshot sees, of the transactions of one cluster';
COMMENT ON COLUMN internal_events.readers.name IS 'The reader: rollup, or a forwarder';
COMMENT ON COLUMN internal_events.readers.cluster_id IS
    'The cluster that the snapshot''s transaction ids count in; a restored database brings rows of another one along';
COMMENT ON COLUMN internal_events.readers.snapshot IS 'The events of transactions that it sees have been read';
COMMENT ON COLUMN internal_events.readers.finished IS 'Nothing more is to be read of that cluster';
COMMENT ON COLUMN internal_events.readers.read_at IS 'When the reader last went on';
SELECT pg_extension_config_dump('internal_events.readers', '');

-- sql/tables/dropped_events.sql
CREATE TABLE internal_events.dropped_events (
    event_definition_id integer PRIMARY KEY,
    events bigint NOT NULL
);
COMMENT ON TABLE internal_events.dropped_events IS
    'How many events have left the log with their partitions, so that check_consistency() still adds up';
COMMENT ON COLUMN internal_events.dropped_events.event_definition_id IS 'event_definitions.id';
COMMENT ON COLUMN internal_events.dropped_events.events IS 'Events in dropped partitions';
SELECT pg_extension_config_dump('internal_events.dropped_events', '');

-- sql/tables/event_definitions.sql
CREATE TABLE internal_events.event_definitions (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('active', 'removed')),
    category text NOT NULL,
    identifiers text[] NOT NULL,
    additional_properties text[] NOT NULL,
    definition jsonb NOT NULL,
    path text,
    loaded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE internal_events.event_definitions IS 'Every event definition that is loaded';
COMMENT ON COLUMN internal_events.event_definitions.id IS 'What events.event_definition_id refers to';
COMMENT ON COLUMN internal_events.event_definitions.name IS 'The definition''s action: the name to track it by';
COMMENT ON COLUMN internal_events.event_definitions.status IS 'active, or removed: track_event() refuses it';
COMMENT ON COLUMN internal_events.event_definitions.category IS 'The Snowplow category';
COMMENT ON COLUMN internal_events.event_definitions.identifiers IS 'project, namespace, user: what goes with the event';
COMMENT ON COLUMN internal_events.event_definitions.additional_properties IS 'Names of the declared properties';
COMMENT ON COLUMN internal_events.event_definitions.definition IS 'The whole file, retired keys included';
COMMENT ON COLUMN internal_events.event_definitions.path IS 'The file it was loaded from, if it was one';
COMMENT ON COLUMN internal_events.event_definitions.loaded_at IS 'When it was loaded or last changed';
SELECT pg_extension_config_dump('internal_events.event_definitions', '');
SELECT pg_extension_config_dump('internal_events.event_definitions_id_seq', '');

-- sql/triggers/definitions_changed.sql
CREATE TRIGGER definitions_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON internal_events.event_definitions
    FOR EACH STATEMENT EXECUTE FUNCTION internal_events.definitions_changed();
COMMENT ON TRIGGER definitions_changed ON internal_events.event_definitions IS
    'Sessions that track events learn of the change without a reconnect';

-- sql/tables/metric_definitions.sql
CREATE TABLE internal_events.metric_definitions (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_path text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('active', 'removed', 'broken')),
    data_source text NOT NULL,
    definition jsonb NOT NULL,
    path text,
    loaded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE internal_events.metric_definitions IS 'Every metric definition that is loaded';
COMMENT ON COLUMN internal_events.metric_definitions.id IS 'What metric_time_frames and metric_rules refer to';
COMMENT ON COLUMN internal_events.metric_definitions.key_path IS
    'As written; metric_time_frames has the reported ones, one a time frame';
COMMENT ON COLUMN internal_events.metric_definitions.status IS 'active, removed or broken';
COMMENT ON COLUMN internal_events.metric_definitions.data_source IS 'internal_events, database, system ...';
COMMENT ON COLUMN internal_events.metric_definitions.definition IS 'The whole file, retired keys included';
COMMENT ON COLUMN internal_events.metric_definitions.path IS 'The file it was loaded from, if it was one';
COMMENT ON COLUMN internal_events.metric_definitions.loaded_at IS 'When it was loaded or last changed';
SELECT pg_extension_config_dump('internal_events.metric_definitions', '');
SELECT pg_extension_config_dump('internal_events.metric_definitions_id_seq', '');

-- sql/tables/metric_time_frames.sql
CREATE TABLE internal_events.metric_time_frames (
    key_path text PRIMARY KEY,
    metric_definition_id integer NOT NULL,
    time_frame text NOT NULL CHECK (time_frame IN ('7d', '28d', 'all', 'none')),
    view_name name UNIQUE,
    UNIQUE (metric_definition_id, time_frame)
);
CREATE INDEX metric_time_frames_descendants ON internal_events.metric_time_frames (key_path text_pattern_ops);
COMMENT ON TABLE internal_events.metric_time_frames IS 'What is reported: one row a metric and time frame';
COMMENT ON COLUMN internal_events.metric_time_frames.key_path IS
    'The place in the Service Ping: _weekly and _monthly are appended for the 7d and 28d of a list of time frames';
COMMENT ON COLUMN internal_events.metric_time_frames.metric_definition_id IS 'metric_definitions.id';
COMMENT ON COLUMN internal_events.metric_time_frames.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.metric_time_frames.view_name IS
    'The view in the metrics schema; null where the metric has no value';
COMMENT ON INDEX internal_events.metric_time_frames_descendants IS 'Finds key paths below another one';
SELECT pg_extension_config_dump('internal_events.metric_time_frames', '');

-- sql/tables/rules.sql
-- No foreign keys between these tables: a parallel restore loads them in any order.
CREATE TABLE internal_events.rules (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    canonical text NOT NULL UNIQUE,
    event_definition_id integer NOT NULL,
    identifier text,
    filter jsonb CHECK (filter <> '{}'),
    operator text CHECK (operator = 'sum(value)'),
    is_counted boolean NOT NULL DEFAULT false,
    is_plain_total boolean NOT NULL GENERATED ALWAYS AS (identifier IS NULL AND filter IS NULL AND operator IS NULL) STORED,
    CHECK (identifier IS NULL OR operator IS NULL)
);
CREATE INDEX rules_event_definition_id ON internal_events.rules (event_definition_id);
COMMENT ON TABLE internal_events.rules IS
    'Event selection rules: which events count, and what of them; equal rules of several metrics are one row';
COMMENT ON COLUMN internal_events.rules.id IS 'What buckets.rule_id refers to';
COMMENT ON COLUMN internal_events.rules.canonical IS 'The text that equal rules share';
COMMENT ON COLUMN internal_events.rules.event_definition_id IS 'The event: event_definitions.id';
COMMENT ON COLUMN internal_events.rules.identifier IS
    'What is counted once: user.id, project.id, namespace.id, or a property; null: every event';
COMMENT ON COLUMN internal_events.rules.filter IS
    'Properties that an event must have, with these values; null: every event counts';
COMMENT ON COLUMN internal_events.rules.operator IS 'sum(value): values are summed; null: events or uniques are counted';
COMMENT ON COLUMN internal_events.rules.is_counted IS
    'Whether the events that were in the log before the rule have been counted';
COMMENT ON COLUMN internal_events.rules.is_plain_total IS 'Whether it counts every event; each event has one such rule';
COMMENT ON INDEX internal_events.rules_event_definition_id IS 'Finds the rules of an event';
SELECT pg_extension_config_dump('internal_events.rules', '');
SELECT pg_extension_config_dump('internal_events.rules_id_seq', '');

-- sql/tables/metric_rules.sql
CREATE TABLE internal_events.metric_rules (
    metric_definition_id integer NOT NULL,
    rule_id integer NOT NULL,
    PRIMARY KEY (metric_definition_id, rule_id)
);
COMMENT ON TABLE internal_events.metric_rules IS 'The rules of each metric: uniques are united, totals and sums added';
COMMENT ON COLUMN internal_events.metric_rules.metric_definition_id IS 'metric_definitions.id';
COMMENT ON COLUMN internal_events.metric_rules.rule_id IS 'rules.id';
SELECT pg_extension_config_dump('internal_events.metric_rules', '');

-- sql/tables/buckets.sql
-- No trigger and no foreign key to another table: a cluster of nodes can share this one table (Citus).
CREATE TABLE internal_events.buckets (
    rule_id integer NOT NULL,
    day date NOT NULL,
    sketch hll(14, 5),
    total bigint,
    sum numeric,
    PRIMARY KEY (rule_id, day)
);
COMMENT ON TABLE internal_events.buckets IS
    'What the rollup made of the log: one row a rule and day; read metrics, not this, as the newest events are missing';
COMMENT ON COLUMN internal_events.buckets.rule_id IS 'rules.id';
COMMENT ON COLUMN internal_events.buckets.day IS 'A day of UTC; -infinity: all days that were merged';
COMMENT ON COLUMN internal_events.buckets.sketch IS 'The elements of a unique rule; null for others';
COMMENT ON COLUMN internal_events.buckets.total IS 'The number of events; null for unique rules';
COMMENT ON COLUMN internal_events.buckets.sum IS 'The sum of values; null for rules without sum(value)';
SELECT pg_extension_config_dump('internal_events.buckets', '');

-- sql/tables/bucket_merges.sql
CREATE TABLE internal_events.bucket_merges (
    merged_through date PRIMARY KEY,
    merged_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE internal_events.bucket_merges IS
    'When old days were merged: up to the latest of these dates a rule has one row, day -infinity';
COMMENT ON COLUMN internal_events.bucket_merges.merged_through IS 'The last day that was merged';
COMMENT ON COLUMN internal_events.bucket_merges.merged_at IS 'When that was';
SELECT pg_extension_config_dump('internal_events.bucket_merges', '');

-- sql/functions/sketch_of_transition.sql
CREATE FUNCTION internal_events.sketch_of_transition(state internal, element hll_hashval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_sketch_of_transition';
COMMENT ON FUNCTION internal_events.sketch_of_transition(internal, hll_hashval) IS 'Part of sketch_of()';

-- sql/functions/sketch_of_final.sql
CREATE FUNCTION internal_events.sketch_of_final(state internal) RETURNS hll
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_sketch_of_final';
COMMENT ON FUNCTION internal_events.sketch_of_final(internal) IS 'Part of sketch_of()';

-- sql/aggregates/sketch_of.sql
CREATE AGGREGATE internal_events.sketch_of(hll_hashval) (
    SFUNC = internal_events.sketch_of_transition,
    STYPE = internal,
    SSPACE = 512,
    FINALFUNC = internal_events.sketch_of_final
);
COMMENT ON AGGREGATE internal_events.sketch_of(hll_hashval) IS
    'The sketch of elements, as hll_add_agg(element, 14, 5, -1, 1) makes it, in a fraction of its memory';

-- sql/aggregates/sketch_union.sql
CREATE AGGREGATE internal_events.sketch_union(hll) (
    SFUNC = hll_union_trans,
    STYPE = internal,
    SSPACE = 131120,
    FINALFUNC = hll_pack
);
COMMENT ON AGGREGATE internal_events.sketch_union(hll) IS 'The union of sketches';

-- sql/aggregates/uniques.sql
CREATE AGGREGATE internal_events.uniques(hll) (
    SFUNC = hll_union_trans,
    STYPE = internal,
    SSPACE = 131120,
    FINALFUNC = hll_card_unpacked
);
COMMENT ON AGGREGATE internal_events.uniques(hll) IS 'The number of distinct elements in the union of sketches';

-- sql/functions/union_keeping.sql
CREATE FUNCTION internal_events.union_keeping(kept hll, added hll) RETURNS hll
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN kept IS NULL THEN added
                WHEN added IS NULL OR u.sketch = kept THEN kept
                ELSE u.sketch
           END
      FROM (SELECT hll_union(kept, added) AS sketch OFFSET 0) u;
END;
COMMENT ON FUNCTION internal_events.union_keeping(hll, hll) IS
    'The union of two sketches; the very value of the first where the second adds nothing, so it is not stored again';

-- sql/views/rollup_position.sql
CREATE VIEW internal_events.rollup_position AS
SELECT coalesce(pg_snapshot_xmax(r.snapshot)::text::bigint, 0) AS xmax,
       ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(r.snapshot) x) AS in_progress,
       m.merged_through
  FROM (SELECT coalesce(max(b.merged_through), '-infinity') AS merged_through
          FROM internal_events.bucket_merges b) m
  LEFT JOIN internal_events.readers r ON r.name = 'rollup' AND r.cluster_id = internal_events.cluster_id();
COMMENT ON VIEW internal_events.rollup_position IS
    'How far the rollup is: transactions of this cluster below xmax have been read, but for those then in progress';
COMMENT ON COLUMN internal_events.rollup_position.xmax IS 'The first transaction id that had not begun';
COMMENT ON COLUMN internal_events.rollup_position.in_progress IS 'Transactions that were in progress then';
COMMENT ON COLUMN internal_events.rollup_position.merged_through IS
    'The last day whose buckets have been merged into the row of day -infinity; -infinity: none';

-- sql/views/tracked_events.sql
-- What is unread comes from three sources: transactions of this cluster from where the rollup stopped; those that were
-- in progress then; and rows that a restored dump brought from another cluster, whose ids mean nothing here and are
-- judged by the snapshot that came with them, or by none where no rollup has seen that cluster. Each is written with a
-- range of ids: the planner takes that for a narrow one, so the indexes are used and plans that rarely find a row stay
-- cheap, whatever is known of the partitions.
CREATE VIEW internal_events.tracked_events AS
SELECT e.id, e.event_definition_id, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
       e.additional_properties, e.context, e.unread,
       CASE WHEN internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
                 <= (SELECT p.merged_through FROM internal_events.rollup_position p)
            THEN '-infinity'::date
            ELSE internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
       END AS day,
       e.cluster_id = (SELECT internal_events.cluster_id())
           AND e.xid IS NOT DISTINCT FROM (SELECT pg_current_xact_id_if_assigned()::text::bigint) AS own
  FROM (SELECT l.*, true AS unread
          FROM internal_events.events l
         WHERE l.cluster_id = (SELECT internal_events.cluster_id())
           AND l.xid BETWEEN (SELECT p.xmax FROM internal_events.rollup_position p) AND (SELECT 9223372036854775807)
        UNION ALL
        SELECT l.*, true
          FROM internal_events.events l
         WHERE l.cluster_id = (SELECT internal_events.cluster_id())
           AND l.xid = ANY ((SELECT p.in_progress FROM internal_events.rollup_position p)::bigint[])
           AND l.xid BETWEEN (SELECT p.in_progress[1] FROM internal_events.rollup_position p)
                         AND (SELECT p.xmax - 1 FROM internal_events.rollup_position p)
        UNION ALL
        SELECT l.*, true
          FROM internal_events.events l
          LEFT JOIN internal_events.readers r ON r.name = 'rollup' AND r.cluster_id = l.cluster_id
               -- Asked once, before anything of the log is looked at.
         WHERE (SELECT count(*) FILTER (WHERE p.cluster_id = internal_events.cluster_id()) = 0
                       OR count(*) FILTER (WHERE p.cluster_id <> internal_events.cluster_id() AND NOT p.finished) > 0
                  FROM internal_events.readers p
                 WHERE p.name = 'rollup')
           AND l.cluster_id <> (SELECT internal_events.cluster_id())
           AND l.xid BETWEEN (SELECT 0) AND (SELECT 9223372036854775807)
           AND (r.name IS NULL OR NOT r.finished AND NOT pg_visible_in_snapshot(l.xid::text::xid8, r.snapshot))
        UNION ALL
        SELECT l.*, false
          FROM internal_events.events l
         WHERE l.cluster_id = (SELECT internal_events.cluster_id())
           AND l.xid < (SELECT p.xmax FROM internal_events.rollup_position p)
           AND l.xid <> ALL ((SELECT p.in_progress FROM internal_events.rollup_position p)::bigint[])
        UNION ALL
        SELECT l.*, false
          FROM internal_events.readers r
          JOIN internal_events.events l ON l.cluster_id = r.cluster_id
         WHERE r.name = 'rollup' AND r.cluster_id <> (SELECT internal_events.cluster_id())
           AND (r.finished OR pg_visible_in_snapshot(l.xid::text::xid8, r.snapshot))) e;
COMMENT ON VIEW internal_events.tracked_events IS
    'Events of the log with the day that they count for, and whether the rollup has folded them into buckets';
COMMENT ON COLUMN internal_events.tracked_events.unread IS 'Not in the buckets yet';
COMMENT ON COLUMN internal_events.tracked_events.day IS
    'The day of UTC that the event counts for; -infinity where that day''s buckets have been merged';
COMMENT ON COLUMN internal_events.tracked_events.own IS
    'Tracked by the running transaction: a rollup in it leaves the event to the next one';

-- sql/views/unread_events.sql
CREATE VIEW internal_events.unread_events AS
SELECT e.id, e.event_definition_id, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
       e.additional_properties, e.context, e.day, e.own
  FROM internal_events.tracked_events e
 WHERE e.unread;
COMMENT ON VIEW internal_events.unread_events IS
    'Events that the rollup has not folded into buckets, those of the running transaction included';
COMMENT ON COLUMN internal_events.unread_events.day IS 'The day of UTC that the event counts for';
COMMENT ON COLUMN internal_events.unread_events.own IS
    'Tracked by the running transaction: a rollup in it leaves the event to the next one';

-- sql/views/tracked_buckets.sql
-- Plain totals are counted by event, apart from the rest: every event has one, and they need no join a row.
CREATE VIEW internal_events.tracked_buckets AS
SELECT r.id AS rule_id, p.day, p.own, p.unread, NULL::hll(14, 5) AS sketch, p.total, NULL::numeric AS sum
  FROM (SELECT e.event_definition_id, e.day, e.own, e.unread, count(*) AS total
          FROM internal_events.tracked_events e
         GROUP BY e.event_definition_id, e.day, e.own, e.unread) p
  JOIN internal_events.rules r ON r.event_definition_id = p.event_definition_id AND r.is_plain_total
UNION ALL
SELECT c.rule_id, c.day, c.own, c.unread, internal_events.sketch_of(c.element),
       nullif(count(*) FILTER (WHERE NOT c.is_unique), 0), sum(c.value)
  FROM (SELECT r.id AS rule_id, e.day, e.own, e.unread,
               r.identifier IS NOT NULL AS is_unique,
               CASE r.identifier
                   WHEN 'user.id' THEN internal_events.element(e.user_id)
                   WHEN 'project.id' THEN internal_events.element(e.project_id)
                   WHEN 'namespace.id' THEN internal_events.element(e.namespace_id)
                   ELSE internal_events.element(e.additional_properties -> r.identifier)
               END AS element,
               CASE WHEN r.operator IS NOT NULL THEN (e.additional_properties ->> 'value')::numeric END AS value
          FROM internal_events.tracked_events e
          JOIN internal_events.rules r ON r.event_definition_id = e.event_definition_id AND NOT r.is_plain_total
         WHERE r.filter IS NULL OR e.additional_properties @> r.filter) c
 WHERE c.element IS NOT NULL OR NOT c.is_unique
 GROUP BY c.rule_id, c.day, c.own, c.unread;
COMMENT ON VIEW internal_events.tracked_buckets IS
    'The log folded by the rules: what buckets would gain by the unread events, and what the others gave them';
COMMENT ON COLUMN internal_events.tracked_buckets.own IS
    'Of the running transaction: a rollup in it leaves these events to the next one';
COMMENT ON COLUMN internal_events.tracked_buckets.unread IS 'Of events that are not in the buckets yet';

-- sql/views/bucket_values.sql
CREATE VIEW internal_events.bucket_values AS
SELECT b.rule_id, b.day, b.sketch, b.total, b.sum FROM internal_events.buckets b
UNION ALL
SELECT u.rule_id, u.day, u.sketch, u.total, u.sum FROM internal_events.tracked_buckets u WHERE u.unread;
COMMENT ON VIEW internal_events.bucket_values IS
    'Buckets and the unread tail of the log: everything that is tracked; several rows a rule and day, to be united';

-- sql/views/time_frames.sql
CREATE VIEW internal_events.time_frames AS
WITH today AS (
    SELECT internal_events.as_of() AS date, internal_events.monday(internal_events.as_of()) AS monday
)
SELECT f.time_frame, f.period_start, f.period_end,
       p.merged_through < CASE WHEN f.time_frame = 'all' THEN f.period_end ELSE f.period_start END
           OR p.merged_through = '-infinity' AS answerable
  FROM today t
 CROSS JOIN internal_events.rollup_position p
 CROSS JOIN LATERAL (VALUES ('7d', t.monday - 7, t.monday - 1),
                            ('28d', t.monday - 28, t.monday - 1),
                            ('all', '-infinity'::date, t.date)) AS f (time_frame, period_start, period_end);
COMMENT ON VIEW internal_events.time_frames IS
    'The days that each time frame of an event metric covers, as of internal_events.as_of; both ends inclusive';
COMMENT ON COLUMN internal_events.time_frames.time_frame IS
    '7d: the last complete ISO week; 28d: the last four; all: since the beginning';
COMMENT ON COLUMN internal_events.time_frames.period_start IS 'The first day';
COMMENT ON COLUMN internal_events.time_frames.period_end IS 'The last day';
COMMENT ON COLUMN internal_events.time_frames.answerable IS
    'Whether its days still have buckets of their own; values are null where old days have been merged';

-- sql/views/metrics.sql
CREATE VIEW internal_events.metrics AS
SELECT f.key_path,
       f.time_frame,
       d.data_source,
       d.definition ->> 'value_type' AS value_type,
       CASE WHEN d.status <> 'active' THEN d.status
            WHEN d.data_source = 'internal_events' THEN 'active'
            WHEN d.data_source IN ('redis', 'redis_hll') THEN 'not_migrated'
            ELSE 'not_instrumented'
       END AS status,
       CASE WHEN d.status <> 'active' OR d.data_source = 'internal_events' THEN NULL
            WHEN d.data_source IN ('redis', 'redis_hll')
            THEN 'Track its events with track_event() and set data_source to internal_events.'
            ELSE 'This version calculates event metrics only.'
       END AS remedy,
       d.definition ->> 'description' AS description,
       d.definition ->> 'product_group' AS product_group,
       ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(d.definition -> 'tiers', 'null'),
                                                       nullif(d.definition -> 'tier', 'null'), '[]'))) AS tiers,
       lower(d.definition ->> 'data_category') AS data_category,
       f.view_name,
       t.period_start,
       t.period_end,
       CASE WHEN f.view_name IS NOT NULL
                 AND EXISTS (SELECT FROM internal_events.metric_rules mr
                               JOIN internal_events.rules r ON r.id = mr.rule_id
                              WHERE mr.metric_definition_id = d.id AND r.identifier IS NOT NULL)
            THEN 0.0081
       END AS standard_error,
       d.path
  FROM internal_events.metric_time_frames f
  JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
  LEFT JOIN internal_events.time_frames t ON t.time_frame = f.time_frame AND f.view_name IS NOT NULL;
COMMENT ON VIEW internal_events.metrics IS 'What is measured: one row a metric and time frame';
COMMENT ON COLUMN internal_events.metrics.key_path IS 'Where the metric stands in the Service Ping';
COMMENT ON COLUMN internal_events.metrics.time_frame IS '7d, 28d, all or none';
COMMENT ON COLUMN internal_events.metrics.data_source IS 'internal_events, database, system ...';
COMMENT ON COLUMN internal_events.metrics.value_type IS 'number, string, boolean or object';
COMMENT ON COLUMN internal_events.metrics.status IS
    'active; removed; broken; not_migrated: counted in Redis; not_instrumented: nobody has said how to calculate it';
COMMENT ON COLUMN internal_events.metrics.remedy IS 'What gives the metric a value; null where it has one or needs none';
COMMENT ON COLUMN internal_events.metrics.description IS 'What it counts, in words';
COMMENT ON COLUMN internal_events.metrics.product_group IS 'Who owns it';
COMMENT ON COLUMN internal_events.metrics.tiers IS 'The tiers of the product in which it exists';
COMMENT ON COLUMN internal_events.metrics.data_category IS 'standard, subscription, operational or optional';
COMMENT ON COLUMN internal_events.metrics.view_name IS 'Its view in the schema metrics; null where it has no value';
COMMENT ON COLUMN internal_events.metrics.period_start IS 'The first day it covers; -infinity: since the beginning';
COMMENT ON COLUMN internal_events.metrics.period_end IS 'The last day it covers';
COMMENT ON COLUMN internal_events.metrics.standard_error IS
    'Of a unique count, relative to the value; it is exact while a sketch holds its elements (up to 1,280 a bucket)';
COMMENT ON COLUMN internal_events.metrics.path IS 'The file of its definition';

-- sql/views/metric_values.sql
-- One set-based query for all metrics; each metric's own view calculates the same, alone.
CREATE VIEW internal_events.metric_values AS
SELECT f.key_path,
       CASE WHEN NOT t.answerable THEN NULL
            WHEN bool_or(r.identifier IS NOT NULL) THEN to_jsonb(round(coalesce(internal_events.uniques(b.sketch), 0))::bigint)
            WHEN bool_or(r.operator IS NOT NULL) THEN to_jsonb(coalesce(sum(b.sum), 0))
            ELSE to_jsonb(coalesce(sum(b.total), 0)::bigint)
       END AS value
  FROM internal_events.metric_time_frames f
  JOIN internal_events.time_frames t ON t.time_frame = f.time_frame
  JOIN internal_events.metric_rules mr ON mr.metric_definition_id = f.metric_definition_id
  JOIN internal_events.rules r ON r.id = mr.rule_id
  LEFT JOIN internal_events.bucket_values b ON b.rule_id = mr.rule_id AND b.day BETWEEN t.period_start AND t.period_end
 WHERE f.view_name IS NOT NULL
 GROUP BY f.metric_definition_id, f.time_frame, f.key_path, t.answerable;
COMMENT ON VIEW internal_events.metric_values IS 'The value of every active metric, live';
COMMENT ON COLUMN internal_events.metric_values.key_path IS 'metrics.key_path';
COMMENT ON COLUMN internal_events.metric_values.value IS
    'A number; null where the days asked for have been merged (internal_events.bucket_retention)';

-- sql/functions/definition_catalog.sql
CREATE FUNCTION internal_events.definition_catalog(yaml text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH needs AS MATERIALIZED (
        SELECT internal_events.definition_needs(yaml) AS n
    ), needed_events AS (
        SELECT array_agg(e.name) AS names, bool_or(d.id IS NULL) AS unknown
          FROM needs
         CROSS JOIN LATERAL jsonb_array_elements_text(n -> 'events') AS e (name)
          LEFT JOIN internal_events.event_definitions d ON d.name = e.name
    ), events AS (
        -- All of them where one is unknown: the error suggests the nearest name.
        SELECT d.name, jsonb_build_object('removed', d.status = 'removed',
                                          'additional_properties', to_jsonb(d.additional_properties)) AS event
          FROM needed_events needed
          JOIN internal_events.event_definitions d ON d.name = ANY (needed.names) OR needed.unknown
    ), key_paths AS (
        SELECT f.key_path, d.key_path AS written
          FROM needs
         CROSS JOIN LATERAL jsonb_array_elements_text(n -> 'key_paths') AS needed (key_path)
          JOIN internal_events.metric_time_frames f
            ON f.key_path ^@ (needed.key_path || '.') OR needed.key_path = f.key_path
            OR needed.key_path ^@ (f.key_path || '.')
          JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
         WHERE d.status <> 'removed'
    )
    SELECT jsonb_build_object(
               'events', coalesce((SELECT jsonb_object_agg(e.name, e.event) FROM events e), '{}'),
               'key_paths', coalesce((SELECT jsonb_object_agg(k.key_path, k.written) FROM key_paths k), '{}'));
END;
COMMENT ON FUNCTION internal_events.definition_catalog(text) IS
    'The loaded events and key paths that a metric definition has to agree with';

-- sql/functions/validate_definition.sql
CREATE FUNCTION internal_events.validate_definition(kind text, yaml text, OUT path text, OUT message text)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT p ->> 'key',
           CASE WHEN (p ->> 'line')::integer > 0 THEN format('line %s: ', p ->> 'line') ELSE '' END
           || CASE WHEN p ->> 'severity' = 'warning' THEN 'warning: ' ELSE '' END
           || (p ->> 'message')
      FROM jsonb_array_elements(
               internal_events.read_definition(kind, yaml, internal_events.definition_catalog(yaml), false)
               -> 'problems') WITH ORDINALITY AS problems (p, position)
     ORDER BY position;
END;
COMMENT ON FUNCTION internal_events.validate_definition(text, text) IS
    'What is wrong with a definition and where, one row a problem; stores nothing. kind: event or metric';

-- sql/functions/checked_definition.sql
CREATE FUNCTION internal_events.checked_definition(kind text, yaml text, path text, strict boolean) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    read jsonb;
    problem record;
    errors text[] := '{}';
BEGIN
    IF yaml IS NULL THEN
        RAISE EXCEPTION 'yaml is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Pass the text of a definition.';
    END IF;
    read := internal_events.read_definition(kind, yaml, internal_events.definition_catalog(yaml), strict);
    FOR problem IN
        SELECT p.severity,
               concat_ws(': ', nullif(concat_ws(CASE WHEN checked_definition.path IS NULL THEN 'line ' ELSE ':' END,
                                                coalesce(checked_definition.path, ''), nullif(p.line, 0)), ''),
                         nullif(p.key, ''), p.message) AS text
          FROM jsonb_to_recordset(read -> 'problems') AS p (severity text, line integer, key text, message text)
    LOOP
        IF problem.severity = 'warning' THEN
            RAISE WARNING '%', problem.text USING ERRCODE = '01000';
        ELSE
            errors := errors || problem.text;
        END IF;
    END LOOP;
    IF cardinality(errors) > 0 THEN
        RAISE EXCEPTION '% definition is not valid: %', kind, array_to_string(errors, E'\n')
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'internal_events.validate_definition() lists what is wrong and stores nothing.';
    END IF;
    RETURN read -> 'definition';
END
$$;
COMMENT ON FUNCTION internal_events.checked_definition(text, text, text, boolean) IS
    'The compiled form of a definition; an error that lists every problem where it is wrong';

-- sql/functions/store_rule.sql
CREATE FUNCTION internal_events.store_rule(rule jsonb) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rule_id integer;
BEGIN
    INSERT INTO internal_events.rules AS r (canonical, event_definition_id, identifier, filter, operator, is_counted)
    SELECT rule ->> 'canonical', d.id, rule ->> 'unique', rule -> 'filter', rule ->> 'operator',
           -- An event's plain total is as old as its definition, so nothing was tracked before.
           NOT rule ?| '{unique,filter,operator}'
      FROM internal_events.event_definitions d
     WHERE d.name = rule ->> 'event'
        ON CONFLICT (canonical) DO NOTHING
    RETURNING r.id INTO rule_id;
    IF rule_id IS NULL THEN
        SELECT r.id INTO STRICT rule_id FROM internal_events.rules r WHERE r.canonical = rule ->> 'canonical';
    END IF;
    RETURN rule_id;
END
$$;
COMMENT ON FUNCTION internal_events.store_rule(jsonb) IS
    'The id of a selection rule, stored where it is new; equal rules are stored once';

-- sql/functions/count_retained.sql
CREATE FUNCTION internal_events.count_retained() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET work_mem = '64MB' SET enable_sort = off SET enable_nestloop = off SET jit = off
AS $$
DECLARE
    new_rules integer[] := ARRAY(SELECT r.id FROM internal_events.rules r WHERE NOT r.is_counted);
BEGIN
    IF cardinality(new_rules) = 0 THEN
        RETURN;
    END IF;
    -- What a rollup reads while these rules are not committed would be missing from their buckets.
    IF NOT internal_events.lock_reader('rollup', wait => true) THEN
        RAISE EXCEPTION 'a dump is being restored into this database'
            USING ERRCODE = 'object_in_use', HINT = 'Load metrics when that is done.';
    END IF;
    PERFORM FROM internal_events.readers r WHERE r.name = 'rollup' FOR UPDATE;
    INSERT INTO internal_events.buckets (rule_id, day, sketch, total, sum)
    SELECT t.rule_id, t.day, t.sketch, t.total, t.sum
      FROM internal_events.tracked_buckets t
     WHERE NOT t.unread AND t.rule_id = ANY (new_rules);
    UPDATE internal_events.rules r SET is_counted = true WHERE r.id = ANY (new_rules);
END
$$;
COMMENT ON FUNCTION internal_events.count_retained() IS
    'Counts, for rules that are new, the events that the log still has and that the rollup has read already';

-- sql/functions/metric_view_name.sql
CREATE FUNCTION internal_events.metric_view_name(key_path text) RETURNS name
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN octet_length(key_path) < 64 THEN key_path
            ELSE left(key_path, 46) || '_' || left(md5(key_path), 16)
       END::name;
COMMENT ON FUNCTION internal_events.metric_view_name(text) IS
    'The name of a metric''s view: its key path, or the beginning and a hash of one that is too long for a name';

-- sql/functions/create_metric_view.sql
CREATE FUNCTION internal_events.create_metric_view(key_path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric record;
    calculation text;
    command text;
    name text;
    grants text[];
    granted text;
BEGIN
    SELECT f.time_frame, f.view_name, d.definition ->> 'description' AS description,
           bool_or(r.identifier IS NOT NULL) AS is_unique, bool_or(r.operator IS NOT NULL) AS is_sum,
           string_agg(r.id::text, ', ' ORDER BY r.id) AS rule_ids
      INTO STRICT metric
      FROM internal_events.metric_time_frames f
      JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
      JOIN internal_events.metric_rules mr ON mr.metric_definition_id = d.id
      JOIN internal_events.rules r ON r.id = mr.rule_id
     WHERE f.key_path = create_metric_view.key_path
     GROUP BY f.time_frame, f.view_name, d.definition;
    calculation := CASE
        WHEN metric.is_unique THEN 'round(coalesce(internal_events.uniques(b.sketch), 0))::bigint'
        WHEN metric.is_sum THEN 'coalesce(sum(b.sum), 0)'
        ELSE 'coalesce(sum(b.total), 0)::bigint'
    END;
    name := format('%I.%I', internal_events.metrics_schema(), metric.view_name);
    command := format(
        'VIEW %s AS '
        'SELECT CASE WHEN t.answerable THEN %s END AS value '
        'FROM internal_events.time_frames t '
        'LEFT JOIN internal_events.bucket_values b '
        'ON b.rule_id IN (%s) AND b.day BETWEEN t.period_start AND t.period_end '
        'WHERE t.time_frame = %L GROUP BY t.answerable',
        name, calculation, metric.rule_ids, metric.time_frame);
    BEGIN
        EXECUTE 'CREATE OR REPLACE ' || command;
    EXCEPTION WHEN invalid_table_definition THEN
        -- A sum has another type than a count, so the view is made anew, with the grants that it had.
        SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name,
                                CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                                CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
          INTO grants
          FROM pg_class c
         CROSS JOIN LATERAL aclexplode(c.relacl) a
         WHERE c.oid = name::regclass AND a.grantee <> c.relowner;
        EXECUTE 'DROP VIEW ' || name;
        EXECUTE 'CREATE ' || command;
        FOREACH granted IN ARRAY coalesce(grants, '{}') LOOP
            EXECUTE granted;
        END LOOP;
    END;
    EXECUTE format('COMMENT ON VIEW %s IS %L', name, metric.description);
    EXECUTE format('GRANT SELECT ON %s TO internal_events_reader, internal_events_admin', name);
END
$$;
COMMENT ON FUNCTION internal_events.create_metric_view(text) IS
    'Makes, or makes anew with its grants kept, the view of a metric and time frame';

-- sql/functions/drop_metric_views.sql
CREATE FUNCTION internal_events.drop_metric_views(view_names name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name name;
BEGIN
    FOREACH view_name IN ARRAY view_names LOOP
        EXECUTE format('DROP VIEW %I.%I', internal_events.metrics_schema(), view_name);
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.drop_metric_views(name[]) IS 'Drops the views of metrics that are no longer reported';

-- sql/functions/store_event_definition.sql
CREATE FUNCTION internal_events.store_event_definition(compiled jsonb, path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO internal_events.event_definitions AS d
           (name, status, category, identifiers, additional_properties, definition, path)
    VALUES (compiled ->> 'name', compiled ->> 'status', compiled ->> 'category',
            ARRAY(SELECT jsonb_array_elements_text(compiled -> 'identifiers')),
            ARRAY(SELECT jsonb_array_elements_text(compiled -> 'additional_properties')),
            compiled -> 'definition', path)
        ON CONFLICT (name) DO UPDATE
       SET status = excluded.status, category = excluded.category, identifiers = excluded.identifiers,
           additional_properties = excluded.additional_properties, definition = excluded.definition,
           path = excluded.path, loaded_at = excluded.loaded_at
     WHERE (d.definition, d.status, d.path) IS DISTINCT FROM (excluded.definition, excluded.status, excluded.path);
    PERFORM internal_events.store_rule(
        jsonb_build_object('canonical', compiled -> 'total_rule', 'event', compiled -> 'name'));
END
$$;
COMMENT ON FUNCTION internal_events.store_event_definition(jsonb, text) IS
    'Stores a compiled event definition and the rule of its plain total; the same again changes nothing';

-- sql/functions/store_metric_definition.sql
CREATE FUNCTION internal_events.store_metric_definition(compiled jsonb, path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric_id integer;
    has_value boolean := compiled ->> 'status' = 'active' AND compiled ->> 'data_source' = 'internal_events';
    gone name[];
BEGIN
    INSERT INTO internal_events.metric_definitions AS d (key_path, status, data_source, definition, path)
    VALUES (compiled ->> 'key_path', compiled ->> 'status', compiled ->> 'data_source', compiled -> 'definition', path)
        ON CONFLICT (key_path) DO UPDATE
       SET status = excluded.status, data_source = excluded.data_source, definition = excluded.definition,
           path = excluded.path, loaded_at = excluded.loaded_at
     WHERE (d.definition, d.status, d.path) IS DISTINCT FROM (excluded.definition, excluded.status, excluded.path)
    RETURNING d.id INTO metric_id;
    IF metric_id IS NULL THEN
        RETURN;
    END IF;

    DELETE FROM internal_events.metric_rules mr WHERE mr.metric_definition_id = metric_id;
    INSERT INTO internal_events.metric_rules (metric_definition_id, rule_id)
    SELECT DISTINCT metric_id, internal_events.store_rule(r)
      FROM jsonb_array_elements(compiled -> 'rules') r
     WHERE has_value;

    WITH reported AS (
        SELECT f.key_path, f.time_frame
          FROM jsonb_to_recordset(compiled -> 'time_frames') AS f (key_path text, time_frame text)
    ), deleted AS (
        DELETE FROM internal_events.metric_time_frames f
         WHERE f.metric_definition_id = metric_id
               -- What is in the way of an active metric belongs to a removed one: anything else was refused before.
            OR (compiled ->> 'status' <> 'removed' AND f.key_path IN (SELECT r.key_path FROM reported r))
        RETURNING f.view_name
    )
    SELECT array_agg(d.view_name) INTO gone
      FROM deleted d
     WHERE d.view_name IS NOT NULL
       AND NOT (has_value AND d.view_name IN (SELECT internal_events.metric_view_name(r.key_path) FROM reported r));
    PERFORM internal_events.drop_metric_views(coalesce(gone, '{}'));

    INSERT INTO internal_events.metric_time_frames (key_path, metric_definition_id, time_frame, view_name)
    SELECT f.key_path, metric_id, f.time_frame,
           CASE WHEN has_value THEN internal_events.metric_view_name(f.key_path) END
      FROM jsonb_to_recordset(compiled -> 'time_frames') AS f (key_path text, time_frame text)
        ON CONFLICT (key_path) DO NOTHING;
    PERFORM internal_events.create_metric_view(f.key_path)
       FROM internal_events.metric_time_frames f
      WHERE f.metric_definition_id = metric_id AND has_value;
END
$$;
COMMENT ON FUNCTION internal_events.store_metric_definition(jsonb, text) IS
    'Stores a compiled metric definition, its rules and views; the same again changes nothing, buckets always stay';

-- sql/functions/load_event_definition.sql
CREATE FUNCTION internal_events.load_event_definition(yaml text, path text DEFAULT NULL, strict boolean DEFAULT false)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    compiled jsonb := internal_events.checked_definition('event', yaml, path, strict);
BEGIN
    -- Events can come from now on: whoever loads the first definition makes room for them.
    PERFORM internal_events.lock_reader('rollup', wait => true)
      WHERE NOT EXISTS (SELECT FROM internal_events.readers r WHERE r.cluster_id = internal_events.cluster_id());
    IF NOT EXISTS (SELECT FROM internal_events.partition_weeks()) THEN
        PERFORM internal_events.create_partitions();
    END IF;
    PERFORM internal_events.store_event_definition(compiled, path);
    RETURN compiled ->> 'name';
END
$$;
COMMENT ON FUNCTION internal_events.load_event_definition(text, text, boolean) IS
    'Checks and stores an event definition; returns its action. strict: an unknown key is an error';

-- sql/functions/load_metric_definition.sql
CREATE FUNCTION internal_events.load_metric_definition(
    yaml text, path text DEFAULT NULL, strict boolean DEFAULT false, count_retained boolean DEFAULT true)
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    compiled jsonb := internal_events.checked_definition('metric', yaml, path, strict);
BEGIN
    PERFORM internal_events.store_metric_definition(compiled, path);
    IF count_retained THEN
        PERFORM internal_events.count_retained();
    END IF;
    RETURN QUERY SELECT f ->> 'key_path' FROM jsonb_array_elements(compiled -> 'time_frames') f;
END
$$;
COMMENT ON FUNCTION internal_events.load_metric_definition(text, text, boolean, boolean) IS
    'Checks and stores a metric definition and makes its views; returns its key paths, one a time frame. '
    'count_retained: events that the log still has count, which takes a look at all of it where a rule is new';

-- sql/functions/load_definitions.sql
-- Not SECURITY DEFINER: reading the server's files needs the caller's own right to it.
CREATE FUNCTION internal_events.load_definitions(
    directory text, strict boolean DEFAULT false, OUT path text, OUT kind text, OUT name text, OUT error text)
RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    file record;
    seen jsonb := '{}';
    key text;
BEGIN
    IF directory IS NULL THEN
        RAISE EXCEPTION 'directory is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Name a directory of the server.';
    END IF;
    FOR file IN
        SELECT f.path, f.yaml, i.kind, i.name
          FROM internal_events.definition_files(directory) f
          LEFT JOIN LATERAL internal_events.definition_identity(f.yaml) i ON true
         ORDER BY i.kind IS DISTINCT FROM 'event', f.path
    LOOP
        path := file.path;
        kind := file.kind;
        name := NULL;
        error := NULL;
        BEGIN
            IF file.yaml IS NULL THEN
                RAISE EXCEPTION '%: could not be read as UTF-8 text of at most 1 MiB', path;
            ELSIF kind IS NULL THEN
                RAISE EXCEPTION '%: neither an event definition (key action) nor a metric definition (key key_path)', path;
            END IF;
            key := kind || ' ' || file.name;
            IF seen ? key THEN
                RAISE EXCEPTION '%: % is defined in % too', path, key, seen ->> key
                    USING HINT = 'Keep one of the files.';
            END IF;
            IF kind = 'event' THEN
                name := internal_events.load_event_definition(file.yaml, path, strict);
            ELSE
                SELECT string_agg(l, ', ') INTO name
                  FROM internal_events.load_metric_definition(file.yaml, path, strict, count_retained => false) l;
            END IF;
            seen := seen || jsonb_build_object(key, path);
        EXCEPTION WHEN OTHERS THEN
            error := SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
    PERFORM internal_events.count_retained();
END
$$;
COMMENT ON FUNCTION internal_events.load_definitions(text, boolean) IS
    'Loads every .yml below a server directory, events first; a bad file is listed with its error and spoils no other';

-- sql/functions/metric_privileges.sql
CREATE FUNCTION internal_events.metric_privileges(VARIADIC commands text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- A view reads tables with its owner's rights, but runs functions with those of whoever reads the view. These
    -- compute and read nothing; without USAGE on their schema nobody can call them but through a view.
    functions text := (
        SELECT string_agg(p.oid::regprocedure::text, ', ')
          FROM pg_proc p
         WHERE p.pronamespace = 'internal_events'::regnamespace
           AND p.proname IN ('element', 'cluster_id', 'utc_day', 'as_of', 'monday', 'sketch_of', 'uniques'));
    command text;
BEGIN
    FOREACH command IN ARRAY commands LOOP
        EXECUTE replace(replace(command, '{functions}', 'EXECUTE ON FUNCTION ' || functions),
                        '{schema}', format('USAGE ON SCHEMA %I', internal_events.metrics_schema()));
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.metric_privileges(text[]) IS
    'Part of grant_metric() and revoke_metric(): what reading a metric''s view takes beside SELECT on it';

-- sql/functions/grant_metric.sql
CREATE FUNCTION internal_events.grant_metric(key_path text, role regrole) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name name := (SELECT f.view_name FROM internal_events.metric_time_frames f
                        WHERE f.key_path = grant_metric.key_path);
BEGIN
    IF view_name IS NULL THEN
        RAISE EXCEPTION 'metric "%" has no view', key_path
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.metrics lists key paths and view names.';
    END IF;
    EXECUTE format('GRANT SELECT ON %I.%I TO %s', internal_events.metrics_schema(), view_name, role);
    PERFORM internal_events.metric_privileges(format('GRANT {schema} TO %s', role), format('GRANT {functions} TO %s', role));
END
$$;
COMMENT ON FUNCTION internal_events.grant_metric(text, regrole) IS
    'Lets a role read one metric''s view, and no other; internal_events_reader reads all';

-- sql/functions/revoke_metric.sql
CREATE FUNCTION internal_events.revoke_metric(key_path text, role regrole) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name name := (SELECT f.view_name FROM internal_events.metric_time_frames f
                        WHERE f.key_path = revoke_metric.key_path);
BEGIN
    IF view_name IS NOT NULL THEN
        EXECUTE format('REVOKE SELECT ON %I.%I FROM %s', internal_events.metrics_schema(), view_name, role);
    END IF;
    IF NOT EXISTS (SELECT
                     FROM pg_class c
                    CROSS JOIN LATERAL aclexplode(c.relacl) a
                    WHERE c.relnamespace = internal_events.metrics_schema()::text::regnamespace AND a.grantee = role) THEN
        PERFORM internal_events.metric_privileges(format('REVOKE {schema} FROM %s', role),
                                                  format('REVOKE {functions} FROM %s', role));
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.revoke_metric(text, regrole) IS 'Takes back what grant_metric() gave';

-- sql/functions/metric_value.sql
CREATE FUNCTION internal_events.metric_value(key_path text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    metric record;
    value jsonb;
BEGIN
    SELECT m.view_name INTO metric FROM internal_events.metric_time_frames m WHERE m.key_path = metric_value.key_path;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'metric "%" is not defined', key_path
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.metrics lists the key paths.';
    END IF;
    IF metric.view_name IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT to_jsonb(v.value) FROM %I.%I v', internal_events.metrics_schema(), metric.view_name) INTO value;
    RETURN value;
END
$$;
COMMENT ON FUNCTION internal_events.metric_value(text) IS
    'The value of one metric, live; null where it has none (internal_events.metrics says why)';

-- sql/functions/rule_id.sql
CREATE FUNCTION internal_events.rule_id(event_name text, identifier text, filter jsonb) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event_id integer;
    found_id integer;
BEGIN
    IF event_name IS NULL THEN
        RAISE EXCEPTION 'event_name is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'internal_events.event_definitions lists the events.';
    END IF;
    SELECT d.id INTO event_id FROM internal_events.event_definitions d WHERE d.name = event_name;
    IF event_id IS NULL THEN
        RAISE EXCEPTION 'event "%" is not defined', event_name
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.event_definitions lists the events.';
    END IF;
    SELECT r.id INTO found_id
      FROM internal_events.rules r
     WHERE r.event_definition_id = event_id
       AND r.identifier IS NOT DISTINCT FROM rule_id.identifier
       AND r.filter IS NOT DISTINCT FROM nullif(rule_id.filter, '{}')
       AND r.operator IS NULL;
    IF found_id IS NULL THEN
        RAISE EXCEPTION 'no metric counts % of event "%"%', coalesce('unique ' || identifier, 'the total'), event_name,
                        coalesce(' with filter ' || nullif(filter, '{}')::text, '')
            USING ERRCODE = 'undefined_object',
                  DETAIL = coalesce('Counted are: '
                      || (SELECT string_agg(r.canonical, ', ' ORDER BY r.id)
                            FROM internal_events.rules r WHERE r.event_definition_id = event_id), 'Nothing is counted.'),
                  HINT = 'Load a metric definition that has this rule under events; it counts what the log still has.';
    END IF;
    RETURN found_id;
END
$$;
COMMENT ON FUNCTION internal_events.rule_id(text, text, jsonb) IS
    'The rule that counts an event by an identifier (null: its total) under a filter; an error where none does';

-- sql/functions/check_range.sql
CREATE FUNCTION internal_events.check_range(from_day date, to_day date) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    merged date := (SELECT p.merged_through FROM internal_events.rollup_position p);
BEGIN
    IF from_day IS NULL OR to_day IS NULL THEN
        RAISE EXCEPTION '% is null', CASE WHEN from_day IS NULL THEN 'from_day' ELSE 'to_day' END
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name a day, or -infinity and infinity for all time.';
    END IF;
    IF from_day > to_day THEN
        RAISE EXCEPTION 'from_day % lies after to_day %', from_day, to_day
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Both days are part of the range.';
    END IF;
    IF merged > '-infinity' AND (to_day <= merged OR (from_day <= merged AND from_day > '-infinity')) THEN
        RAISE EXCEPTION 'days up to % have been merged', merged
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Ask from %s on, or from -infinity for all time. '
                                'internal_events.bucket_retention says how long days are kept apart.', merged + 1);
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.check_range(date, date) IS
    'An error where a range of days is empty or cannot be told from the days before it';

-- sql/functions/unique_count.sql
CREATE FUNCTION internal_events.unique_count(
    event_name text, identifier text, from_day date, to_day date, filter jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    wanted integer;
BEGIN
    IF identifier IS NULL THEN
        RAISE EXCEPTION 'identifier is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Name what is counted once, such as user.id; total_count() counts events.';
    END IF;
    PERFORM internal_events.check_range(from_day, to_day);
    wanted := internal_events.rule_id(event_name, identifier, filter);
    RETURN (SELECT round(coalesce(internal_events.uniques(b.sketch), 0))::bigint
              FROM internal_events.bucket_values b
             WHERE b.rule_id = wanted AND b.day BETWEEN from_day AND to_day);
END
$$;
COMMENT ON FUNCTION internal_events.unique_count(text, text, date, date, jsonb) IS
    'How many different values of an identifier (user.id, label ...) an event had in a range of days, both inclusive';

-- sql/functions/total_count.sql
CREATE FUNCTION internal_events.total_count(event_name text, from_day date, to_day date, filter jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    wanted integer;
BEGIN
    PERFORM internal_events.check_range(from_day, to_day);
    wanted := internal_events.rule_id(event_name, NULL, filter);
    RETURN (SELECT coalesce(sum(b.total), 0)
              FROM internal_events.bucket_values b
             WHERE b.rule_id = wanted AND b.day BETWEEN from_day AND to_day);
END
$$;
COMMENT ON FUNCTION internal_events.total_count(text, date, date, jsonb) IS
    'How often an event was tracked in a range of days, both inclusive';

-- sql/functions/is_being_restored.sql
CREATE FUNCTION internal_events.is_being_restored(reader text) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE
               WHEN bool_and(r.finished <> (r.cluster_id = internal_events.cluster_id()))
                    AND bool_or(r.cluster_id = internal_events.cluster_id())
               THEN false
               WHEN EXISTS (SELECT FROM pg_stat_progress_copy c
                             WHERE c.datname = current_database() AND c.command = 'COPY FROM')
               THEN true
               -- The index of a partition is restored after its rows.
               WHEN EXISTS (SELECT FROM pg_inherits i
                             WHERE i.inhparent = 'internal_events.events'::regclass
                               AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = i.inhrelid))
               THEN true
               -- Events are here that a reader has read elsewhere, but not yet how far it was.
               ELSE count(*) = 0
                    AND EXISTS (SELECT FROM internal_events.events e WHERE e.cluster_id <> internal_events.cluster_id())
           END
      FROM internal_events.readers r
     WHERE r.name = is_being_restored.reader;
END;
COMMENT ON FUNCTION internal_events.is_being_restored(text) IS
    'Whether a dump is being restored, so that a reader has to wait: half a log and half a memory of it do not add up';

-- sql/functions/ensure_reader.sql
CREATE FUNCTION internal_events.ensure_reader(name text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM internal_events.readers r
                WHERE r.name = ensure_reader.name AND r.cluster_id = internal_events.cluster_id() AND NOT r.finished) THEN
        RETURN true;
    END IF;
    IF internal_events.is_being_restored(name) THEN
        RETURN false;
    END IF;
    -- Clusters that events came from without any reader of theirs: nothing of them has been read.
    INSERT INTO internal_events.readers (name, cluster_id, snapshot)
    SELECT ensure_reader.name, c.cluster_id, '1:1:'
      FROM (SELECT internal_events.cluster_id() UNION SELECT e.cluster_id FROM internal_events.events e) AS c (cluster_id)
        ON CONFLICT DO NOTHING;
    -- A database that comes back to a cluster which it had left.
    UPDATE internal_events.readers r
       SET finished = false
     WHERE r.name = ensure_reader.name AND r.cluster_id = internal_events.cluster_id() AND r.finished;
    RETURN true;
END
$$;
COMMENT ON FUNCTION internal_events.ensure_reader(text) IS
    'Makes the row of a reader of the log for this cluster; false while a dump is being restored';

-- sql/functions/lock_reader.sql
CREATE FUNCTION internal_events.lock_reader(name text, wait boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Not a row lock: the row may be there only in a transaction that is still open.
    class constant integer := 'internal_events.readers'::regclass::oid::integer;
    key constant integer := hashtext(name);
BEGIN
    IF wait THEN
        PERFORM pg_advisory_xact_lock(class, key);
    ELSIF NOT pg_try_advisory_xact_lock(class, key) THEN
        RETURN false;
    END IF;
    RETURN internal_events.ensure_reader(name) AND NOT internal_events.is_being_restored(name);
END
$$;
COMMENT ON FUNCTION internal_events.lock_reader(text, boolean) IS
    'Makes the running transaction the one that acts for a reader of the log; false where another one is and wait is '
    'false, or while a dump is being restored';

-- sql/functions/reader_snapshot.sql
CREATE FUNCTION internal_events.reader_snapshot(snapshot pg_snapshot, own xid8) RETURNS pg_snapshot
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN own IS NULL OR own >= pg_snapshot_xmax(snapshot) THEN snapshot
    ELSE (SELECT format('%s:%s:%s', least(pg_snapshot_xmin(snapshot), own), pg_snapshot_xmax(snapshot),
                        string_agg(x.xid::text, ',' ORDER BY x.xid))::pg_snapshot
            FROM (SELECT pg_snapshot_xip(snapshot) AS xid UNION SELECT own) x)
END;
COMMENT ON FUNCTION internal_events.reader_snapshot(pg_snapshot, xid8) IS
    'A snapshot in which the running transaction counts as in progress, as it does for everybody else';

-- sql/functions/lock_log.sql
CREATE FUNCTION internal_events.lock_log(tables regclass[], mode text, attempts integer DEFAULT 20) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command text := format('LOCK TABLE %s IN %s MODE NOWAIT',
                           (SELECT string_agg('ONLY ' || t::text, ', ') FROM unnest(tables) t), mode);
BEGIN
    FOR attempt IN 1 .. attempts LOOP
        BEGIN
            EXECUTE command;
            RETURN true;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM pg_sleep(0.02);
        END;
    END LOOP;
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.lock_log(regclass[], text, integer) IS
    'Locks tables of the log where nobody has to be waited for, so no writer queues behind us; false: try again later';

-- sql/functions/summarize_log.sql
CREATE FUNCTION internal_events.summarize_log() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    pages_per_range constant integer := 64;
    own record;
    block bigint;
BEGIN
    FOR own IN
        SELECT to_regclass(p.partition || '_xid') AS index, to_regclass(p.partition) AS partition
          FROM (VALUES ('internal_events.events_default'),
                       ('internal_events.events_' || to_char(
                           internal_events.monday(internal_events.utc_day(clock_timestamp())), 'YYYYMMDD'))) p (partition)
    LOOP
        CONTINUE WHEN own.index IS NULL OR NOT internal_events.lock_log(ARRAY[own.partition], 'SHARE UPDATE EXCLUSIVE', 1);
        -- The last ranges still fill: a summary of theirs would have to be updated by every writer.
        block := (pg_relation_size(own.partition) / current_setting('block_size')::bigint / pages_per_range - 2) * pages_per_range;
        WHILE block >= 0 AND brin_summarize_range(own.index, block) > 0 LOOP
            block := block - pages_per_range;
        END LOOP;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.summarize_log() IS
    'Lets the log''s index know the pages that have filled since the last rollup, so that the next one need not read them';

-- sql/functions/rollup.sql
CREATE FUNCTION internal_events.rollup(wait boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' SET enable_sort = off SET enable_seqscan = off SET enable_nestloop = off SET jit = off
AS $$
DECLARE
    events_read bigint;
BEGIN
    IF NOT internal_events.lock_reader('rollup', wait) THEN
        RETURN 0;
    END IF;

    -- One statement, so one snapshot: what it reads is exactly what the reader's new snapshot sees.
    WITH batch AS MATERIALIZED (
        SELECT u.rule_id, u.day, u.sketch, u.total, u.sum FROM internal_events.tracked_buckets u WHERE u.unread AND NOT u.own
    ), stored AS (
        INSERT INTO internal_events.buckets AS b (rule_id, day, sketch, total, sum)
        SELECT n.rule_id, n.day, n.sketch, n.total, n.sum FROM batch n
            ON CONFLICT (rule_id, day) DO UPDATE
           SET sketch = internal_events.union_keeping(b.sketch, excluded.sketch),
               total = b.total + excluded.total,
               sum = coalesce(b.sum + excluded.sum, b.sum, excluded.sum)
    ), position AS (
        UPDATE internal_events.readers r
           SET snapshot = internal_events.reader_snapshot(pg_current_snapshot(), pg_current_xact_id_if_assigned()),
               read_at = clock_timestamp()
         WHERE r.name = 'rollup' AND r.cluster_id = internal_events.cluster_id()
    ), restored AS (
        -- Whatever came from another cluster has been read, and would count as read in that cluster too.
        UPDATE internal_events.readers r
           SET snapshot = coalesce((SELECT format('%1$s:%1$s:', max(e.xid) + 1)::pg_snapshot
                                      FROM internal_events.events e WHERE e.cluster_id = r.cluster_id), r.snapshot),
               finished = true,
               read_at = clock_timestamp()
         WHERE r.name = 'rollup' AND r.cluster_id <> internal_events.cluster_id() AND NOT r.finished
    )
    SELECT coalesce(sum(n.total), 0)
      INTO events_read
      FROM batch n
      JOIN internal_events.rules r ON r.id = n.rule_id
     WHERE r.is_plain_total;
    PERFORM internal_events.summarize_log();
    RETURN events_read;
END
$$;
COMMENT ON FUNCTION internal_events.rollup(boolean) IS
    'Folds the unread log into buckets; returns the events read. wait => false leaves at once where another is at work';

-- sql/functions/check_consistency.sql
CREATE FUNCTION internal_events.check_consistency(
    OUT event_name text, OUT tracked bigint, OUT rolled_up bigint, OUT unread bigint, OUT ok boolean)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH logged AS (
        SELECT e.event_definition_id, count(*) AS events FROM internal_events.events e GROUP BY e.event_definition_id
    ), tail AS (
        SELECT u.event_definition_id, count(*) AS events FROM internal_events.unread_events u GROUP BY u.event_definition_id
    ), rolled AS (
        SELECT r.event_definition_id, sum(b.total)::bigint AS events
          FROM internal_events.buckets b
          JOIN internal_events.rules r ON r.id = b.rule_id
         WHERE r.is_plain_total
         GROUP BY r.event_definition_id
    )
    SELECT d.name, n.tracked, n.rolled_up, n.unread, n.tracked = n.rolled_up + n.unread
      FROM internal_events.event_definitions d
      LEFT JOIN logged ON logged.event_definition_id = d.id
      LEFT JOIN tail ON tail.event_definition_id = d.id
      LEFT JOIN rolled ON rolled.event_definition_id = d.id
      LEFT JOIN internal_events.dropped_events dropped ON dropped.event_definition_id = d.id
     CROSS JOIN LATERAL (SELECT coalesce(logged.events, 0) + coalesce(dropped.events, 0) AS tracked,
                                coalesce(rolled.events, 0) AS rolled_up,
                                coalesce(tail.events, 0) AS unread) n
     ORDER BY d.name;
END;
COMMENT ON FUNCTION internal_events.check_consistency() IS
    'The proof that every event is counted exactly once: tracked = rolled_up + unread, in one snapshot, by event';

-- sql/functions/partition_weeks.sql
CREATE FUNCTION internal_events.partition_weeks(OUT partition regclass, OUT monday date) RETURNS SETOF record
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.oid::regclass, substr(c.relname::text, 8)::date
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'internal_events.events'::regclass AND c.relname ~ '^events_[0-9]{8}$'
     ORDER BY 2;
END;
COMMENT ON FUNCTION internal_events.partition_weeks() IS 'The partitions of the log, each an ISO week of UTC from Monday';

-- sql/functions/create_partition.sql
CREATE FUNCTION internal_events.create_partition(monday date) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text := 'events_' || to_char(monday, 'YYYYMMDD');
    week_begins timestamptz := monday::timestamp AT TIME ZONE 'UTC';
    week_ends timestamptz := (monday + 7)::timestamp AT TIME ZONE 'UTC';
BEGIN
    -- Readers may go on while rows are moved; only attaching the finished partition excludes them, for a moment.
    IF NOT internal_events.lock_log('{internal_events.events}', 'SHARE UPDATE EXCLUSIVE')
       OR NOT internal_events.lock_log('{internal_events.events_default}', 'SHARE ROW EXCLUSIVE') THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE internal_events.%I (LIKE internal_events.events INCLUDING ALL)', name);
    EXECUTE format('WITH moved AS (DELETE FROM internal_events.events_default e '
                   'WHERE e.tracked_at >= $1 AND e.tracked_at < $2 RETURNING e.*) '
                   'INSERT INTO internal_events.%I SELECT * FROM moved', name)
      USING week_begins, week_ends;
    EXECUTE format('CREATE INDEX %I ON internal_events.%I USING brin (xid) WITH (pages_per_range = 64)', name || '_xid', name);
    IF NOT internal_events.lock_log('{internal_events.events_default}', 'ACCESS EXCLUSIVE') THEN
        RAISE EXCEPTION 'internal_events.events_default is in use' USING ERRCODE = 'lock_not_available';
    END IF;
    EXECUTE format('ALTER TABLE internal_events.events ATTACH PARTITION internal_events.%I FOR VALUES FROM (%L) TO (%L)',
                   name, week_begins, week_ends);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.create_partition(date) IS
    'Makes the log''s partition of a week and moves its events out of the default partition; false: in use, try later';

-- sql/functions/create_partitions.sql
CREATE FUNCTION internal_events.create_partitions() RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this_week date := internal_events.monday(internal_events.utc_day(clock_timestamp()));
    missing date;
BEGIN
    -- The weeks ahead come first: from then on nobody writes to the default partition, and it can be emptied in peace.
    -- A week that is being written there stays until it is over where moving its events would keep writers waiting.
    FOR missing IN
        SELECT w.monday
          FROM (SELECT this_week + 7 * ahead AS monday FROM generate_series(0, 2) ahead
                UNION
                SELECT internal_events.monday(internal_events.utc_day(e.tracked_at)) FROM internal_events.events_default e) w
         WHERE NOT EXISTS (SELECT FROM internal_events.partition_weeks() p WHERE p.monday = w.monday)
           AND (w.monday <> this_week
                OR (SELECT count(*) FROM (SELECT FROM internal_events.events_default e LIMIT 10001) few) <= 10000)
         ORDER BY w.monday DESC
    LOOP
        EXIT WHEN NOT internal_events.create_partition(missing);
        RETURN NEXT 'events_' || to_char(missing, 'YYYYMMDD');
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.create_partitions() IS
    'Makes the partitions of this week and the two ahead, and of weeks whose events fell into the default partition';

-- sql/functions/has_unread_events.sql
CREATE FUNCTION internal_events.has_unread_events(partition regclass) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %s e '
        'CROSS JOIN (SELECT DISTINCT r.name FROM internal_events.readers r) n '
        'LEFT JOIN internal_events.readers r ON r.name = n.name AND r.cluster_id = e.cluster_id '
        'WHERE r.name IS NULL '
        'OR (NOT r.finished AND e.xid >= pg_snapshot_xmin(r.snapshot)::text::bigint '
        'AND NOT pg_visible_in_snapshot(e.xid::text::xid8, r.snapshot)))', partition) INTO found;
    RETURN found;
END
$$;
COMMENT ON FUNCTION internal_events.has_unread_events(regclass) IS
    'Whether a partition of the log has an event that some reader has not read';

-- sql/functions/drop_partition.sql
CREATE FUNCTION internal_events.drop_partition(partition regclass) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT internal_events.lock_log(ARRAY[partition], 'SHARE') OR internal_events.has_unread_events(partition) THEN
        RETURN false;
    END IF;
    EXECUTE format('INSERT INTO internal_events.dropped_events AS d (event_definition_id, events) '
                   'SELECT e.event_definition_id, count(*) FROM %s e GROUP BY e.event_definition_id '
                   'ON CONFLICT (event_definition_id) DO UPDATE SET events = d.events + excluded.events', partition);
    IF NOT internal_events.lock_log(
           ARRAY['internal_events.events', partition, 'internal_events.events_default']::regclass[],
           'ACCESS EXCLUSIVE') THEN
        RAISE EXCEPTION '% is in use', partition USING ERRCODE = 'lock_not_available';
    END IF;
    EXECUTE format('DROP TABLE %s', partition);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.drop_partition(regclass) IS
    'Drops a partition that every reader has passed, its space with it; false: unread or in use, try later';

-- sql/functions/drop_partitions.sql
CREATE FUNCTION internal_events.drop_partitions() RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    oldest date := internal_events.utc_day(clock_timestamp() - internal_events.event_retention());
    old record;
    name text;
BEGIN
    FOR old IN SELECT p.partition FROM internal_events.partition_weeks() p WHERE p.monday + 7 <= oldest LOOP
        name := old.partition::text;
        IF internal_events.drop_partition(old.partition) THEN
            RETURN NEXT name;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.drop_partitions() IS
    'Drops the partitions that are older than internal_events.event_retention and that every reader has passed';

-- sql/functions/merge_buckets.sql
CREATE FUNCTION internal_events.merge_buckets() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_day date := internal_events.utc_day(clock_timestamp() - internal_events.bucket_retention()) - 1;
    merged bigint;
BEGIN
    -- A rollup beside it would add to days that are being merged.
    IF NOT internal_events.lock_reader('rollup', wait => true)
       OR last_day <= (SELECT p.merged_through FROM internal_events.rollup_position p) THEN
        RETURN 0;
    END IF;
    WITH old AS (
        DELETE FROM internal_events.buckets b WHERE b.day > '-infinity' AND b.day <= last_day RETURNING b.*
    ), united AS (
        INSERT INTO internal_events.buckets AS b (rule_id, day, sketch, total, sum)
        SELECT o.rule_id, '-infinity', internal_events.sketch_union(o.sketch), sum(o.total), sum(o.sum)
          FROM old o
         GROUP BY o.rule_id
            ON CONFLICT (rule_id, day) DO UPDATE
           SET sketch = internal_events.union_keeping(b.sketch, excluded.sketch),
               total = b.total + excluded.total,
               sum = coalesce(b.sum + excluded.sum, b.sum, excluded.sum)
    )
    SELECT count(*) INTO merged FROM old;
    DELETE FROM internal_events.bucket_merges;
    INSERT INTO internal_events.bucket_merges (merged_through) VALUES (last_day);
    RETURN merged;
END
$$;
COMMENT ON FUNCTION internal_events.merge_buckets() IS
    'Merges days older than internal_events.bucket_retention into one row a rule; returns the buckets merged';

-- sql/functions/maintenance.sql
CREATE FUNCTION internal_events.maintenance(OUT action text, OUT object text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    merged bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'maintenance() needs isolation level read committed'
            USING ERRCODE = 'active_sql_transaction',
                  HINT = 'With an older snapshot it could take a partition for read that has got an event since.';
    END IF;
    -- Partitions come last: their locks last until the end.
    merged := internal_events.merge_buckets();
    IF merged > 0 THEN
        RETURN QUERY SELECT 'merged', merged || ' buckets';
    END IF;
    RETURN QUERY SELECT 'dropped', d FROM internal_events.drop_partitions() d;
    RETURN QUERY SELECT 'created', c FROM internal_events.create_partitions() c;
END
$$;
COMMENT ON FUNCTION internal_events.maintenance() IS
    'Makes partitions ahead, drops old ones, merges old buckets; neither waits for nor blocks a writer; returns what it did';

-- sql/functions/require_pg_cron.sql
CREATE FUNCTION internal_events.require_pg_cron() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') THEN
        RAISE EXCEPTION 'pg_cron is not installed in database "%"', current_database()
            USING ERRCODE = 'undefined_object',
                  HINT = format('CREATE EXTENSION pg_cron here. Where it lives in another database, run there, for each job of '
                                'docs/operations.md: SELECT cron.schedule_in_database(''internal_events ... %1$s'', schedule, '
                                'command, %1$L). Any other scheduler will do as well.', current_database());
    END IF;
    IF NOT has_schema_privilege('cron', 'USAGE') THEN
        RAISE EXCEPTION 'permission denied for schema cron'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('A superuser can GRANT USAGE ON SCHEMA cron TO %I.', current_user);
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.require_pg_cron() IS 'An error that says what to do where pg_cron is missing';

-- sql/functions/schedule_jobs.sql
-- Not SECURITY DEFINER: a job runs with the rights of whoever schedules it.
CREATE FUNCTION internal_events.schedule_jobs(OUT job text, OUT schedule text, OUT command text) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM internal_events.require_pg_cron();
    FOR job, schedule, command IN
        VALUES ('internal_events rollup', '* * * * *', 'SELECT internal_events.rollup(wait => false)'),
               ('internal_events maintenance', '17 * * * *', 'SELECT * FROM internal_events.maintenance()')
    LOOP
        EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.schedule_jobs() IS
    'Registers the rollup (each minute) and maintenance (each hour) with pg_cron; again changes nothing';

-- sql/functions/unschedule_jobs.sql
CREATE FUNCTION internal_events.unschedule_jobs() RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    job record;
BEGIN
    PERFORM internal_events.require_pg_cron();
    FOR job IN EXECUTE 'SELECT j.jobid, j.jobname::text AS name FROM cron.job j '
                       'WHERE j.jobname LIKE ''internal\_events %'' AND j.database = current_database()' LOOP
        EXECUTE 'SELECT cron.unschedule($1)' USING job.jobid;
        RETURN NEXT job.name;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.unschedule_jobs() IS 'Removes the jobs of schedule_jobs() from pg_cron; returns their names';

-- sql/grants/grants.sql
-- Nothing is PUBLIC. Siblings: a writer reads nothing, a reader writes nothing.
REVOKE ALL ON ALL ROUTINES IN SCHEMA internal_events FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean),
                       @extschema@.track_events(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
    @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean),
    @extschema@.track_events(jsonb)
    TO internal_events_writer;

GRANT USAGE ON SCHEMA internal_events TO internal_events_reader, internal_events_admin;
DO $$
BEGIN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO internal_events_reader, internal_events_admin',
                              internal_events.metrics_schema());
END
$$;
GRANT SELECT ON internal_events.event_definitions, internal_events.metric_definitions, internal_events.metrics,
                internal_events.metric_values, internal_events.time_frames
    TO internal_events_reader, internal_events_admin;
-- Views run functions with the rights of whoever reads the view, so a reader needs those that metrics are made of.
GRANT EXECUTE ON FUNCTION
    internal_events.element(bigint), internal_events.element(text), internal_events.element(jsonb), internal_events.cluster_id(),
    internal_events.utc_day(timestamptz), internal_events.as_of(), internal_events.monday(date), internal_events.metrics_schema(),
    internal_events.sketch_of(hll_hashval),
    internal_events.sketch_union(hll), internal_events.uniques(hll),
    internal_events.metric_value(text), internal_events.unique_count(text, text, date, date, jsonb),
    internal_events.total_count(text, date, date, jsonb), internal_events.validate_definition(text, text)
    TO internal_events_reader, internal_events_admin;

GRANT SELECT ON ALL TABLES IN SCHEMA internal_events TO internal_events_admin;
GRANT EXECUTE ON FUNCTION
    internal_events.load_event_definition(text, text, boolean), internal_events.load_metric_definition(text, text, boolean, boolean),
    internal_events.count_retained(),
    internal_events.load_definitions(text, boolean), internal_events.definition_files(text),
    internal_events.definition_identity(text), internal_events.rollup(boolean), internal_events.check_consistency(),
    internal_events.maintenance(), internal_events.schedule_jobs(), internal_events.unschedule_jobs(),
    internal_events.require_pg_cron(), internal_events.event_retention(), internal_events.bucket_retention(), internal_events.partition_weeks(),
    internal_events.grant_metric(text, regrole), internal_events.revoke_metric(text, regrole)
    TO internal_events_admin;
