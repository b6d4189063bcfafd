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
