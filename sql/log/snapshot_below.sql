CREATE FUNCTION internal_events.snapshot_below(seen pg_snapshot, upper bigint, unread bigint[]) RETURNS pg_snapshot
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('%s:%s:%s', coalesce(min(x.xid), snapshot_below.upper), snapshot_below.upper,
                  string_agg(x.xid::text, ',' ORDER BY x.xid))::pg_snapshot
      FROM (SELECT s::text::bigint AS xid FROM pg_snapshot_xip(snapshot_below.seen) s
            UNION
            SELECT unnest(snapshot_below.unread)) x
     WHERE x.xid < snapshot_below.upper;
END;
COMMENT ON FUNCTION internal_events.snapshot_below(pg_snapshot, bigint, bigint[]) IS
    'What has been read when everything below a transaction id has that a snapshot sees, but for some transactions';
