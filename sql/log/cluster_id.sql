CREATE FUNCTION internal_events.cluster_id() RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_cluster_id';
COMMENT ON FUNCTION internal_events.cluster_id() IS
    'A number for this cluster, made of its system identifier: events.xid counts within it';
GRANT EXECUTE ON FUNCTION internal_events.cluster_id() TO internal_events_reader, internal_events_admin, internal_events_metrics;
