CREATE FUNCTION internal_events.withhold_service_ping(id bigint) RETURNS void
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE internal_events.service_pings p
       SET status = 'withheld', next_attempt_at = NULL
     WHERE p.id = withhold_service_ping.id AND p.status IN ('built', 'failed') AND p.sent_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no Service Ping % that waits to be sent', id
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.service_pings lists them.';
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.withhold_service_ping(bigint) IS
    'Keeps a Service Ping, or the report of a failed build, from being sent; resend_service_ping() takes that back';
GRANT EXECUTE ON FUNCTION internal_events.withhold_service_ping(bigint) TO internal_events_admin;
