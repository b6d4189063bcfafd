CREATE FUNCTION internal_events.check_forwarding_run() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM internal_events.forwarding f WHERE f.backend_pid = pg_backend_pid()) THEN
        RAISE EXCEPTION 'this session has not begun to forward events'
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'CALL internal_events.forward_events().';
    END IF;
    -- What is sent must not be lost with a crash, nor what has become of it, nor the events themselves.
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.check_forwarding_run() IS
    'Raises an error unless this session is the one that forwards; makes its transaction durable when it commits';
