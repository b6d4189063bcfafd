CREATE FUNCTION internal_events.fail_service_ping(ping_id bigint, sqlstate text, message text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE internal_events.service_pings p
       SET status = 'failed', sqlstate = fail_service_ping.sqlstate, last_error = message, built_at = clock_timestamp(),
           next_attempt_at = clock_timestamp(), backend_pid = NULL, backend_start = NULL
     WHERE p.id = ping_id AND p.status = 'building';
END
$$;
COMMENT ON FUNCTION internal_events.fail_service_ping(bigint, text, text) IS
    'Marks a Service Ping that could not be built; a report of that is due, without the text of the error';
GRANT EXECUTE ON FUNCTION internal_events.fail_service_ping(bigint, text, text) TO internal_events_admin;
