CREATE FUNCTION internal_events.measure_next(ping_id bigint, OUT is_done boolean, OUT "position" integer, OUT prometheus_query text)
RETURNS record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    budget CONSTANT integer := 900;
    begun timestamptz := clock_timestamp();
    spent integer := 0;
    ping internal_events.service_pings;
    m internal_events.service_ping_measurements;
BEGIN
    SELECT * INTO STRICT ping FROM internal_events.service_pings p WHERE p.id = measure_next.ping_id;
    PERFORM set_config('internal_events.as_of', to_char(ping.as_of, 'YYYY-MM-DD'), true);
    LOOP
        SELECT * INTO m
          FROM internal_events.service_ping_measurements s
         WHERE s.ping_id = ping.id AND s.status IS NULL
         ORDER BY s.position LIMIT 1;
        is_done := NOT FOUND;
        -- A batch gets a transaction of its own, small metrics share one.
        EXIT WHEN is_done OR spent > 300 OR m.batch > 0 AND spent > 0;
        IF m.kind = 'prometheus' THEN
            position := m.position;
            prometheus_query := (SELECT r.instrumentation ->> 'query' FROM internal_events.reported_metrics r
                                  WHERE r.key_path = m.key_path);
            IF prometheus_query IS NULL THEN
                PERFORM internal_events.record_measurement(ping.id, m.position, NULL, 'error', '42704',
                                                           'the metric was defined anew while the ping was built', 0);
                CONTINUE;
            END IF;
            RETURN;
        ELSIF m.kind = 'events' THEN
            UPDATE internal_events.service_ping_measurements s
               SET value = e.value, standard_error = e.standard_error, elapsed = coalesce(e.elapsed, 0), sqlstate = e.sqlstate,
                   message = e.message, status = coalesce(e.status, 'not_instrumented')
              FROM internal_events.service_ping_measurements t
              LEFT JOIN internal_events.measure_events() e USING (key_path)
             WHERE s.ping_id = ping.id AND s.kind = 'events' AND t.ping_id = s.ping_id AND t.position = s.position;
        ELSE
            IF m.kind = 'numbers' THEN
                m := internal_events.measured(m, internal_events.sum_measured(m.key_path, ARRAY(
                    SELECT s FROM internal_events.service_ping_measurements s WHERE s.ping_id = ping.id)), NULL, 'ok', NULL, NULL);
            ELSE
                m := internal_events.measure_step(m, ping.moment, budget - spent);
            END IF;
            UPDATE internal_events.service_ping_measurements s
               SET value = m.value, standard_error = m.standard_error, elapsed = m.elapsed, sqlstate = m.sqlstate,
                   message = m.message, status = m.status, batch = m.batch, batches = m.batches, progress = m.progress
             WHERE s.ping_id = m.ping_id AND s.position = m.position;
        END IF;
        spent := extract(epoch FROM clock_timestamp() - begun) * 1000;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.measure_next(bigint) IS
    'Measures metrics, or a batch of one, for well under a second; a query of Prometheus is for the caller to ask';
