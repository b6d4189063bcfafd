CREATE FUNCTION internal_events.finish_service_ping(ping_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE internal_events.service_pings p
       SET payload = a.payload,
           metadata = json_build_object('recorded_at', internal_events.iso_8601(p.recorded_at),
                                        'elapsed', round(extract(epoch FROM clock_timestamp() - p.recorded_at), 3),
                                        'uuid', a.metadata -> 'uuid', 'metrics', a.metadata -> 'metrics'),
           status = 'built', built_at = clock_timestamp(), next_attempt_at = clock_timestamp(),
           backend_pid = NULL, backend_start = NULL
      FROM internal_events.assemble_service_ping(ARRAY(
               SELECT m FROM internal_events.service_ping_measurements m WHERE m.ping_id = finish_service_ping.ping_id)) a
     WHERE p.id = finish_service_ping.ping_id AND p.status = 'building';
    -- What was given up goes along with the new one.
    UPDATE internal_events.service_pings p
       SET next_attempt_at = clock_timestamp()
     WHERE p.status IN ('built', 'failed') AND p.next_attempt_at IS NULL AND p.sent_at IS NULL AND p.attempts > 0;
END
$$;
COMMENT ON FUNCTION internal_events.finish_service_ping(bigint) IS
    'Puts a Service Ping together when all is measured; it is due from then on';
GRANT EXECUTE ON FUNCTION internal_events.finish_service_ping(bigint) TO internal_events_admin;
