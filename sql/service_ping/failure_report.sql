CREATE FUNCTION internal_events.failure_report(ping internal_events.service_pings) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN json_build_object('error', json_build_object(
    'time', internal_events.iso_8601(ping.built_at),
    'uuid', ping.uuid,
    'hostname', internal_events.setting('hostname'),
    'version', internal_events.reported_version(),
    'elapsed', round(extract(epoch FROM ping.built_at - ping.recorded_at), 3),
    'sqlstate', ping.sqlstate));
COMMENT ON FUNCTION internal_events.failure_report(internal_events.service_pings) IS
    'What is sent of a Service Ping that could not be built: never the text of the error';
GRANT EXECUTE ON FUNCTION internal_events.failure_report(internal_events.service_pings) TO internal_events_admin;
