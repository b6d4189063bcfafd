CREATE FUNCTION internal_events.service_ping_non_sql() RETURNS json
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
    SELECT a.payload
      FROM internal_events.assemble_service_ping(internal_events.preview_measurements(without_sql => true)) a;
END;
COMMENT ON FUNCTION internal_events.service_ping_non_sql() IS
    'The part of the Service Ping that takes no SQL of loaded definitions: events, settings, what is built in';
GRANT EXECUTE ON FUNCTION internal_events.service_ping_non_sql() TO internal_events_reader, internal_events_admin;
