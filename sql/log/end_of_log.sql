-- For a cluster that is not ours: all of its transactions that the log has have ended.
CREATE FUNCTION internal_events.end_of_log(reader internal_events.readers) RETURNS pg_snapshot
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('%1$s:%1$s:', internal_events.transaction_id(coalesce(max(e.xid) + 1, n.xid)))::pg_snapshot
      FROM (SELECT pg_snapshot_xmax(reader.snapshot)::text::bigint) AS n (xid)
      LEFT JOIN internal_events.events e ON e.cluster_id = reader.cluster_id AND e.xid >= n.xid
     GROUP BY n.xid;
END;
COMMENT ON FUNCTION internal_events.end_of_log(internal_events.readers) IS
    'A snapshot in which a reader has read all that the log has of the transactions of another cluster';
