CREATE FUNCTION internal_events.findings_of_readers(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH reader AS (
        SELECT r ->> 'name' AS name, (r ->> 'unread')::bigint AS unread,
               CASE WHEN (r ->> 'unread_is_more')::boolean THEN 'more than ' ELSE '' END || (r ->> 'unread') AS number,
               (r ->> 'lag_seconds')::bigint * interval '1 second' AS lag, (r ->> 'is_ahead')::boolean AS is_ahead,
               (r ->> 'seconds_since_last_run')::bigint * interval '1 second' AS idle,
               r ->> 'running_pid' AS pid, clock_timestamp() - (r ->> 'running_since')::timestamptz AS runs_for
          FROM jsonb_array_elements(report -> 'readers') r
    ), job AS (
        SELECT j -> 'registered' <> 'null' AS is_registered, coalesce((j #>> '{registered,active}')::boolean, false) AS is_active
          FROM jsonb_array_elements(report -> 'jobs') j
         WHERE j ->> 'job' = 'internal_events rollup'
    )
    SELECT 'reader_ahead', 'error', format('The reader "%s" is ahead of this cluster''s transactions: the database was dumped in '
                                           'a cluster that this one is a physical copy of', r.name),
           '-- Restore the dump into a cluster that initdb made, or copy the database with the cluster.'
      FROM reader r WHERE r.is_ahead
    UNION ALL
    SELECT 'restoring', 'warning', 'A dump is being restored, or only a part of it was: rollup, forwarding and maintenance wait',
           '-- Wait for pg_restore to end; where it failed, restore into an empty database.'
     WHERE (report #>> '{log,is_being_restored}')::boolean
    UNION ALL
    SELECT 'rollup_late', 'error',
           format('The rollup has not run%s, and events wait: %s, the oldest for %s%s',
                  coalesce(' for ' || internal_events.in_words(r.idle), ''), r.number, internal_events.in_words(r.lag),
                  coalesce('; process ' || r.pid || ' has been at it for ' || internal_events.in_words(r.runs_for), '')),
           coalesce('SELECT pg_cancel_backend(' || r.pid || E');\n', '') || 'SELECT internal_events.rollup();'
               || CASE WHEN j.is_registered THEN ''
                       ELSE E'\n' || internal_events.scheduling_remedy(report, 'internal_events rollup')
                  END
      FROM reader r CROSS JOIN job j
     WHERE r.name = 'rollup' AND NOT r.is_ahead AND r.unread > 0 AND coalesce(r.idle, r.lag) > patience
           AND coalesce(r.runs_for > patience, true)
    UNION ALL
    SELECT 'rollup_idle', 'warning',
           'The rollup has ' || coalesce('not run for ' || internal_events.in_words(r.idle), 'never run'),
           internal_events.scheduling_remedy(report, 'internal_events rollup')
      FROM reader r CROSS JOIN job j
     WHERE r.name = 'rollup' AND r.unread = 0 AND coalesce(r.idle > patience, NOT j.is_active);
END;
COMMENT ON FUNCTION internal_events.findings_of_readers(jsonb, interval) IS
    'What of a report of status() needs a hand: the readers of the log';
