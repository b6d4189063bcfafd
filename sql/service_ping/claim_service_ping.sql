CREATE FUNCTION internal_events.claim_service_ping(
    OUT id bigint, OUT attempt integer, OUT is_report boolean, OUT idempotency_key uuid, OUT body text)
RETURNS record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ping internal_events.service_pings;
BEGIN
    SELECT * INTO ping
      FROM internal_events.service_pings p
     WHERE p.status IN ('built', 'failed') AND p.sent_at IS NULL AND p.next_attempt_at <= clock_timestamp()
           -- Whoever was sending it did not note the answer, so nobody knows whether it arrived: the idempotency key tells
           -- the receiver.
        OR p.status = 'sending' AND internal_events.session_is_gone(p.backend_pid, p.backend_start)
     ORDER BY p.id
     LIMIT 1
       FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE internal_events.service_ping_attempts a
       SET finished_at = clock_timestamp(), error = 'interrupted: whether it arrived is not known'
     WHERE a.ping_id = ping.id AND a.finished_at IS NULL;
    id := ping.id;
    attempt := ping.attempts + 1;
    is_report := ping.payload IS NULL;
    idempotency_key := ping.idempotency_key;
    body := CASE WHEN is_report THEN internal_events.failure_report(ping) ELSE ping.payload END::text;
    UPDATE internal_events.service_pings p
       SET status = 'sending', attempts = attempt, backend_pid = pg_backend_pid(),
           backend_start = internal_events.session_start(pg_backend_pid())
     WHERE p.id = ping.id;
    INSERT INTO internal_events.service_ping_attempts (ping_id, attempt, started_at)
    VALUES (ping.id, claim_service_ping.attempt, clock_timestamp());
END
$$;
COMMENT ON FUNCTION internal_events.claim_service_ping() IS
    'The next Service Ping, or report of a failed build, that is due; nobody else sends it meanwhile. Nulls: none is due';
GRANT EXECUTE ON FUNCTION internal_events.claim_service_ping() TO internal_events_admin;
