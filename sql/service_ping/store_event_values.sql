CREATE FUNCTION internal_events.store_event_values(ping_id bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM internal_events.service_ping_measurements s
                    WHERE s.ping_id = store_event_values.ping_id AND s.kind = 'events' AND s.status IS NULL) THEN
        RETURN;
    END IF;
    UPDATE internal_events.service_ping_measurements s
       SET value = e.value, standard_error = e.standard_error, elapsed = coalesce(e.elapsed, 0), sqlstate = e.sqlstate,
           message = e.message, status = coalesce(e.status, 'not_instrumented')
      FROM internal_events.service_ping_measurements t
      LEFT JOIN internal_events.event_values() e USING (key_path)
     WHERE s.ping_id = store_event_values.ping_id AND s.kind = 'events' AND t.ping_id = s.ping_id AND t.position = s.position;
END
$$;
COMMENT ON FUNCTION internal_events.store_event_values(bigint) IS
    'Measures the metrics of a Service Ping that count events, all at once, where that is still to be done';
