CREATE FUNCTION internal_events.forwarding_state(run internal_events.forwarding) RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN CASE
           WHEN NOT internal_events.forwarding_is_on() THEN 'off'
           WHEN NOT internal_events.session_is_gone(run.backend_pid, run.backend_start) THEN 'sending'
           WHEN run.is_paused THEN 'paused'
           WHEN run.next_attempt_at > clock_timestamp() THEN 'backing off'
           ELSE 'ready'
       END;
COMMENT ON FUNCTION internal_events.forwarding_state(internal_events.forwarding) IS
    'Whether events are being forwarded, and if not, why: forwarding_status.state';
GRANT EXECUTE ON FUNCTION internal_events.forwarding_state(internal_events.forwarding) TO internal_events_admin;
