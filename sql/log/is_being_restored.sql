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
           -- A reader that has never run here learns from the rollup.
     WHERE r.name = CASE WHEN EXISTS (SELECT FROM internal_events.readers o WHERE o.name = is_being_restored.reader)
                         THEN is_being_restored.reader ELSE 'rollup' END;
END;
COMMENT ON FUNCTION internal_events.is_being_restored(text) IS
    'Whether a dump is being restored, so that a reader has to wait: half a log and half a memory of it do not add up';
