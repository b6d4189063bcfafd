CREATE FUNCTION internal_events.release_service_ping(ping_id bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE internal_events.service_pings p
       SET backend_pid = NULL, backend_start = NULL
     WHERE p.id = ping_id AND p.status = 'building' AND p.backend_pid = pg_backend_pid();
END;
COMMENT ON FUNCTION internal_events.release_service_ping(bigint) IS
    'Leaves a Service Ping that is being built to whoever builds on, as after a cancel';
GRANT EXECUTE ON FUNCTION internal_events.release_service_ping(bigint) TO internal_events_admin;
