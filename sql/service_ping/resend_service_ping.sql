CREATE FUNCTION internal_events.resend_service_ping(id bigint) RETURNS void
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE internal_events.service_pings p
       SET status = CASE WHEN p.payload IS NULL THEN 'failed' ELSE 'built' END,
           next_attempt_at = clock_timestamp(), sent_at = NULL
     WHERE p.id = resend_service_ping.id AND p.status IN ('built', 'failed', 'sent', 'delivered', 'withheld');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no Service Ping % that could be sent', id
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.service_pings lists them.';
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.resend_service_ping(bigint) IS
    'Makes a Service Ping due, whether it was sent, delivered, withheld or waits: the next send_service_pings() sends it';
GRANT EXECUTE ON FUNCTION internal_events.resend_service_ping(bigint) TO internal_events_admin;
