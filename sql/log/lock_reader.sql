CREATE FUNCTION internal_events.lock_reader(name text, wait boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Not an advisory lock, which anybody can take and keep.
    IF wait THEN
        PERFORM FROM internal_events.reader_locks l WHERE l.name = lock_reader.name FOR UPDATE;
    ELSE
        PERFORM FROM internal_events.reader_locks l WHERE l.name = lock_reader.name FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END IF;
    IF EXISTS (SELECT FROM internal_events.readers r
                WHERE r.name = lock_reader.name AND r.cluster_id = internal_events.cluster_id()
                  AND pg_snapshot_xmax(r.snapshot) > pg_snapshot_xmax(pg_current_snapshot())) THEN
        RAISE EXCEPTION 'reader "%" is ahead of this cluster''s transactions', name
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = 'The database was dumped in a cluster that this one is a physical copy of.',
                  HINT = 'Restore the dump into a cluster that initdb made, or copy the database with the cluster.';
    END IF;
    IF internal_events.is_being_restored(name) THEN
        RETURN false;
    END IF;
    PERFORM internal_events.ensure_reader(name);
    RETURN true;
END
$$;
COMMENT ON FUNCTION internal_events.lock_reader(text, boolean) IS
    'Makes the running transaction the one that acts for a reader of the log; false where another one is and wait is '
    'false, or while a dump is being restored';
