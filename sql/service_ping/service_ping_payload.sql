CREATE FUNCTION internal_events.service_ping_payload() RETURNS json
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
    SELECT a.payload FROM internal_events.assemble_service_ping(internal_events.preview_measurements()) a;
END;
COMMENT ON FUNCTION internal_events.service_ping_payload() IS
    'The Service Ping as it would be built and sent now; changes nothing and asks no network';
GRANT EXECUTE ON FUNCTION internal_events.service_ping_payload() TO internal_events_reader, internal_events_admin;
