CREATE FUNCTION internal_events.end_forwarding() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    worth_it constant bigint := 64 << 20;
BEGIN
    UPDATE internal_events.forwarding f SET backend_pid = NULL, backend_start = NULL WHERE f.backend_pid = pg_backend_pid();
    -- Space that a large backlog took and vacuum only clears.
    IF pg_table_size('internal_events.forwarding_queue') <= worth_it
       OR current_setting('transaction_isolation') <> 'read committed'
       OR NOT internal_events.lock_log('{internal_events.forwarding_queue}', 'ACCESS EXCLUSIVE', 1) THEN
        RETURN;
    END IF;
    -- A statement of its own: only its snapshot sees what was committed before the lock.
    IF NOT EXISTS (SELECT FROM internal_events.forwarding_queue) THEN
        TRUNCATE internal_events.forwarding_queue;
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.end_forwarding() IS 'Ends the run of this session, and gives back what space its queue took';
GRANT EXECUTE ON FUNCTION internal_events.end_forwarding() TO internal_events_admin;
