CREATE FUNCTION internal_events.record_measurement(
    ping_id bigint, "position" integer, value jsonb, status text, sqlstate text, message text, elapsed double precision)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m internal_events.service_ping_measurements := (
        SELECT s FROM internal_events.service_ping_measurements s
         WHERE s.ping_id = record_measurement.ping_id AND s.position = record_measurement.position AND s.kind = 'prometheus');
BEGIN
    m := internal_events.with_outcome(m, value, NULL, status, sqlstate, message);
    UPDATE internal_events.service_ping_measurements s
       SET value = m.value, status = m.status, sqlstate = m.sqlstate, message = m.message, elapsed = record_measurement.elapsed
     WHERE s.ping_id = m.ping_id AND s.position = m.position AND s.status IS NULL;
END
$$;
COMMENT ON FUNCTION internal_events.record_measurement(bigint, integer, jsonb, text, text, text, double precision) IS
    'Stores what Prometheus answered';
GRANT EXECUTE ON FUNCTION internal_events.record_measurement(bigint, integer, jsonb, text, text, text, double precision)
    TO internal_events_admin;
