CREATE FUNCTION internal_events.resume_forwarding() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE internal_events.forwarding f SET is_paused = false, next_attempt_at = NULL, failures_in_a_row = 0;
END;
COMMENT ON FUNCTION internal_events.resume_forwarding() IS
    'Ends a pause, or the wait for a collector that was out of order: the next run of forward_events() tries at once';
GRANT EXECUTE ON FUNCTION internal_events.resume_forwarding() TO internal_events_admin;
