-- A reader's tail is counted up to so many events: past that it is a problem, whatever its size.
CREATE FUNCTION internal_events.status_of_readers() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
BEGIN ATOMIC
    WITH tail AS (
        SELECT 'rollup' AS name, count(*) AS looked_at, count(*) AS unread, min(l.tracked_at) AS oldest
          FROM (SELECT u.tracked_at FROM internal_events.unread_events u LIMIT 100001) l
        UNION ALL
        SELECT 'forwarder', count(*), count(*) FILTER (WHERE l.waits), min(l.tracked_at) FILTER (WHERE l.waits)
          FROM (SELECT u.tracked_at,
                       internal_events.is_to_be_sent(u.event_definition_id, u.send_to_snowplow, d.is_eligible) AS waits
                  FROM internal_events.unforwarded_events u
                  LEFT JOIN internal_events.forwarding_eligibility d ON d.event_definition_id = u.event_definition_id
                 WHERE internal_events.forwarding_is_on()
                 LIMIT 100001) l
        HAVING internal_events.forwarding_is_on()
    )
    SELECT jsonb_agg(jsonb_build_object(
               'name', t.name, 'unread', least(t.unread, 100000), 'unread_is_more', t.looked_at > 100000,
               'oldest', t.oldest, 'lag_seconds', extract(epoch FROM clock_timestamp() - t.oldest)::bigint,
               'last_run', r.read_at, 'seconds_since_last_run', extract(epoch FROM clock_timestamp() - r.read_at)::bigint,
               'is_ahead', NOT pg_is_in_recovery()
                           AND coalesce(pg_snapshot_xmax(r.snapshot) > pg_snapshot_xmax(pg_current_snapshot()), false),
               'running_pid', a.pid, 'running_since', a.xact_start) ORDER BY t.name DESC)
      FROM tail t
      LEFT JOIN internal_events.readers r ON r.name = t.name AND r.cluster_id = internal_events.cluster_id() AND NOT r.finished
      LEFT JOIN LATERAL (
           SELECT s.pid, s.xact_start
             FROM pg_stat_activity s
            WHERE t.name = 'rollup' AND s.datname = current_database() AND s.state = 'active' AND s.pid <> pg_backend_pid()
              AND s.query ~* '^\s*(select|call)\s.*internal_events\.rollup\('
            ORDER BY s.xact_start LIMIT 1) a ON true;
END;
COMMENT ON FUNCTION internal_events.status_of_readers() IS
    'The readers of the log for status(): what they have not read, and when they last did';
