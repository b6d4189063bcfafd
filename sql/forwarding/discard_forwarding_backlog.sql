CREATE FUNCTION internal_events.discard_forwarding_backlog() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    given_up bigint;
    queued bigint;
BEGIN
    IF NOT internal_events.lock_reader('forwarder', true) THEN
        RAISE EXCEPTION 'a dump is being restored' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Try again when that is done.';
    END IF;
    -- One statement, so one snapshot: what it counts is exactly what is read from now on.
    WITH unread AS (
        SELECT count(*) AS events FROM internal_events.waiting_events
    ), moved AS (
        UPDATE internal_events.readers r
           SET snapshot = CASE WHEN r.cluster_id = internal_events.cluster_id()
                               THEN internal_events.reader_snapshot(pg_current_snapshot(), pg_current_xact_id_if_assigned())
                               ELSE internal_events.end_of_log(r)
                          END,
               finished = r.cluster_id <> internal_events.cluster_id(),
               partial_xid = NULL, partial_id = NULL, read_at = clock_timestamp()
         WHERE r.name = 'forwarder'
    )
    SELECT u.events INTO given_up FROM unread u;
    DELETE FROM internal_events.forwarding_queue;
    GET DIAGNOSTICS queued = ROW_COUNT;
    UPDATE internal_events.forwarding f SET discarded = f.discarded + given_up + queued;
    RETURN given_up + queued;
END
$$;
COMMENT ON FUNCTION internal_events.discard_forwarding_backlog() IS
    'Gives up everything that waits to be forwarded, so that only events from now on are sent; counted as discarded. Returns '
    'how many events that were';
GRANT EXECUTE ON FUNCTION internal_events.discard_forwarding_backlog() TO internal_events_admin;
