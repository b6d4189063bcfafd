CREATE FUNCTION internal_events.mark_service_ping_delivered(id bigint, response jsonb DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE internal_events.service_pings p
       SET status = 'delivered', sent_at = clock_timestamp(), next_attempt_at = NULL,
           response = mark_service_ping_delivered.response
     WHERE p.id = mark_service_ping_delivered.id AND p.status IN ('built', 'withheld') AND p.payload IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no Service Ping % that waits to be delivered', id
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.service_pings lists them.';
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.mark_service_ping_delivered(bigint, jsonb) IS
    'Says that a Service Ping was delivered by hand, so that it is not sent; resend_service_ping() takes that back';
GRANT EXECUTE ON FUNCTION internal_events.mark_service_ping_delivered(bigint, jsonb) TO internal_events_admin;
