CREATE FUNCTION internal_events.record_service_ping_attempt(
    ping_id bigint, attempt integer, http_status integer, response text, error text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer jsonb;
BEGIN
    BEGIN
        answer := response::jsonb;
    EXCEPTION WHEN OTHERS THEN
        answer := to_jsonb(left(response, 1000));
    END;
    UPDATE internal_events.service_ping_attempts a
       SET finished_at = clock_timestamp(), http_status = record_service_ping_attempt.http_status,
           error = record_service_ping_attempt.error
     WHERE a.ping_id = record_service_ping_attempt.ping_id AND a.attempt = record_service_ping_attempt.attempt;
    UPDATE internal_events.service_pings p
       SET status = CASE WHEN p.payload IS NULL THEN 'failed' WHEN error IS NULL THEN 'sent' ELSE 'built' END,
           sent_at = CASE WHEN error IS NULL THEN clock_timestamp() END,
           response = CASE WHEN error IS NULL THEN answer END,
           last_error = CASE WHEN p.payload IS NULL THEN p.last_error ELSE error END,
           next_attempt_at = CASE WHEN error IS NOT NULL AND p.attempts <= 3
                                  -- 8, 16 and 24 hours, a tenth more or less.
                                  THEN clock_timestamp() + p.attempts * interval '8 hours' * (0.9 + 0.2 * random()) END,
           backend_pid = NULL, backend_start = NULL
     WHERE p.id = record_service_ping_attempt.ping_id AND p.status = 'sending'
       AND p.attempts = record_service_ping_attempt.attempt;
END
$$;
COMMENT ON FUNCTION internal_events.record_service_ping_attempt(bigint, integer, integer, text, text) IS
    'Stores the outcome of an attempt, and when the next one is due: after 8, 16 and 24 hours, then with the next ping';
GRANT EXECUTE ON FUNCTION internal_events.record_service_ping_attempt(bigint, integer, integer, text, text)
    TO internal_events_admin;
