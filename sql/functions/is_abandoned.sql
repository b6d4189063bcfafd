CREATE FUNCTION internal_events.is_abandoned(ping internal_events.service_pings) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN ping.backend_pid IS NULL OR internal_events.session_start(ping.backend_pid) IS DISTINCT FROM ping.backend_start;
COMMENT ON FUNCTION internal_events.is_abandoned(internal_events.service_pings) IS
    'Whether no session builds or sends a Service Ping any more, though its status says so';
