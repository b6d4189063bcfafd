CREATE FUNCTION internal_events.measure_next(
    ping_id bigint, OUT is_done boolean, OUT "position" integer, OUT prometheus_query text)
RETURNS record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    begun timestamptz := clock_timestamp();
    spent integer := 0;
    ping internal_events.service_pings;
    m internal_events.service_ping_measurements;
    done internal_events.service_ping_measurements[] := '{}';
BEGIN
    SELECT * INTO STRICT ping FROM internal_events.service_pings p WHERE p.id = measure_next.ping_id;
    PERFORM set_config('internal_events.as_of', to_char(ping.as_of, 'YYYY-MM-DD'), true);
    PERFORM internal_events.store_event_values(ping.id);
    FOR m IN
        SELECT * FROM internal_events.service_ping_measurements s
         WHERE s.ping_id = ping.id AND s.status IS NULL
         ORDER BY s.position
    LOOP
        spent := extract(epoch FROM clock_timestamp() - begun) * 1000;
        -- A batch gets a transaction of its own, small metrics share one.
        EXIT WHEN spent > 300 OR m.batch > 0 AND done <> '{}';
        IF m.kind = 'prometheus' THEN
            prometheus_query := (SELECT r.instrumentation ->> 'query' FROM internal_events.reported_metrics r
                                  WHERE r.key_path = m.key_path);
            position := m.position;
            EXIT WHEN prometheus_query IS NOT NULL;
            m := internal_events.with_outcome(m, NULL, NULL, 'error', '42704',
                                              'the metric was defined anew while the ping was built');
        ELSIF m.kind = 'numbers' THEN
            m := internal_events.with_outcome(m, internal_events.sum_of_components(m.key_path, done || ARRAY(
                SELECT s FROM internal_events.service_ping_measurements s
                 WHERE s.ping_id = ping.id AND s.status IS NOT NULL
                   AND s.key_path = ANY ((SELECT r.components FROM internal_events.reported_metrics r
                                           WHERE r.key_path = m.key_path)::text[]))), NULL, 'ok', NULL, NULL);
        ELSE
            m := internal_events.advance_measurement(m, ping.moment, spent);
        END IF;
        done := done || m;
        EXIT WHEN m.status IS NULL;
    END LOOP;
    UPDATE internal_events.service_ping_measurements s
       SET value = d.value, standard_error = d.standard_error, elapsed = d.elapsed, sqlstate = d.sqlstate, message = d.message,
           status = d.status, batch = d.batch, batches = d.batches, progress = d.progress
      FROM unnest(done) d
     WHERE s.ping_id = ping.id AND s.position = d.position;
    is_done := NOT EXISTS (SELECT FROM internal_events.service_ping_measurements s
                            WHERE s.ping_id = ping.id AND s.status IS NULL);
END
$$;
COMMENT ON FUNCTION internal_events.measure_next(bigint) IS
    'Measures metrics, or a batch of one, for well under a second; a query of Prometheus is for the caller to ask';
GRANT EXECUTE ON FUNCTION internal_events.measure_next(bigint) TO internal_events_admin;
