CREATE FUNCTION internal_events.status_of_transactions(patience interval) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'kind', t.kind, 'name', t.name, 'user', t.username, 'since', t.since,
               'seconds', extract(epoch FROM clock_timestamp() - t.since)::bigint) ORDER BY t.since), '[]')
      FROM (SELECT 'session' AS kind, a.pid::text AS name, a.usename AS username, a.xact_start AS since
              FROM pg_stat_activity a
             WHERE a.datname = current_database() AND a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()
            UNION ALL
            SELECT 'prepared', x.gid, x.owner, x.prepared FROM pg_prepared_xacts x WHERE x.database = current_database()
            UNION ALL
            -- A slot does not say since when it has been idle.
            SELECT 'slot', s.slot_name, NULL, NULL FROM pg_replication_slots s WHERE NOT s.active AND s.xmin IS NOT NULL) t
     WHERE t.since IS NULL OR t.since < clock_timestamp() - patience;
END;
COMMENT ON FUNCTION internal_events.status_of_transactions(interval) IS
    'For status(): transactions that have written and are open for longer than that, and idle slots that hold vacuum back';
