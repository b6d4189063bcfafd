CREATE FUNCTION internal_events.begin_forwarding(
    patience_ms integer, force boolean DEFAULT false, OUT may_send boolean, OUT wait_ms integer, OUT message text)
RETURNS record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    going_to text := internal_events.check_snowplow_settings();
    run internal_events.forwarding;
BEGIN
    may_send := false;
    SELECT f.* INTO run FROM internal_events.forwarding f FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR NOT internal_events.session_is_gone(run.backend_pid, run.backend_start) THEN
        message := coalesce('session ' || run.backend_pid, 'another session') || ' is sending';
        RETURN;
    END IF;
    wait_ms := CASE WHEN force OR run.destination IS DISTINCT FROM going_to THEN 0
                    ELSE greatest(ceil(extract(epoch FROM run.next_attempt_at - clock_timestamp()) * 1000), 0)
               END;
    IF wait_ms > patience_ms THEN
        message := format('the collector is left alone until %s: %s', run.next_attempt_at, run.last_error);
        RETURN;
    END IF;
    may_send := true;
    wait_ms := coalesce(wait_ms, 0);
    UPDATE internal_events.forwarding f
       SET backend_pid = pg_backend_pid(), backend_start = internal_events.session_start(pg_backend_pid()),
           run_began_at = clock_timestamp(), run_delivered = 0, destination = going_to;
END
$$;
COMMENT ON FUNCTION internal_events.begin_forwarding(integer, boolean) IS
    'Makes this session the one that forwards, unless another one is, or the collector has to be left alone for longer than '
    'the session has patience; force: it is tried at once';
GRANT EXECUTE ON FUNCTION internal_events.begin_forwarding(integer, boolean) TO internal_events_admin;
