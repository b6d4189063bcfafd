CREATE FUNCTION internal_events.preview_measurements(without_sql boolean DEFAULT false)
RETURNS internal_events.service_ping_measurements[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    m internal_events.service_ping_measurements;
    done internal_events.service_ping_measurements[] := '{}';
    events jsonb;
    moment timestamptz := internal_events.moment();
BEGIN
    FOR m IN
        SELECT 0, p.position, p.key_path, p.time_frame, p.kind, p.value_type, p.query
          FROM internal_events.service_ping_plan p
         WHERE NOT (without_sql AND p.is_sql)
         ORDER BY p.position
    LOOP
        m.elapsed := 0;
        m.batch := 0;
        IF m.kind = 'events' THEN
            events := coalesce(events, (SELECT coalesce(jsonb_object_agg(e.key_path, to_jsonb(e)), '{}')
                                          FROM internal_events.event_values() e));
            m := jsonb_populate_record(m, events -> m.key_path);
        ELSIF m.kind = 'numbers' THEN
            m := internal_events.with_outcome(m, internal_events.sum_of_components(m.key_path, done), NULL, 'ok', NULL, NULL);
        ELSE
            LOOP
                m := internal_events.advance_measurement(m, moment);
                EXIT WHEN m.status IS NOT NULL;
            END LOOP;
        END IF;
        done := done || m;
    END LOOP;
    RETURN done;
END
$$;
COMMENT ON FUNCTION internal_events.preview_measurements(boolean) IS
    'Measures the metrics of a Service Ping, all or those without SQL of a definition, and stores nothing';
