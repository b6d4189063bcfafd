CREATE FUNCTION internal_events.advance_measurement(
    m internal_events.service_ping_measurements, moment timestamptz, spent integer DEFAULT 0)
RETURNS internal_events.service_ping_measurements
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    budget CONSTANT integer := 900;
    metric record;
    ran record;
    query text := m.query;
    relation regclass;
    is_small boolean;
BEGIN
    IF m.kind = 'none' THEN
        RETURN internal_events.with_outcome(m, NULL, NULL, 'not_instrumented', NULL, NULL);
    ELSIF m.kind = 'prometheus' THEN
        RETURN internal_events.with_outcome(m, NULL, NULL, 'not_measured', NULL, NULL);
    END IF;
    IF m.kind = 'database' OR query IS NULL THEN
        SELECT r.instrumentation, r.components INTO metric
          FROM internal_events.reported_metrics r
         WHERE r.key_path = m.key_path;
        IF m.kind = 'database' AND m.progress IS NULL THEN
            relation := internal_events.relation_of(metric.instrumentation);
            -- Asking for the size waits for a lock, so it has a timeout as the rest has.
            SELECT * INTO ran
              FROM internal_events.run_metric_query(
                       format('SELECT internal_events.is_small(%s) AS value', relation::oid),
                       false, internal_events.metric_timeout(), moment);
            IF ran.status <> 'ok' THEN
                RETURN internal_events.with_outcome(m, NULL, NULL, ran.status, ran.sqlstate, ran.message);
            END IF;
            is_small := ran.result -> 'value';
        END IF;
        IF m.kind = 'database'
           AND (m.progress IS NOT NULL
                OR NOT is_small AND internal_events.batch_column(metric.instrumentation, m.time_frame) IS NOT NULL) THEN
            RETURN internal_events.count_batch(m, metric.instrumentation, moment, budget - spent);
        END IF;
        query := coalesce(query, internal_events.calculation_query(
            metric.instrumentation, m.time_frame, m.value_type, metric.components));
    END IF;
    SELECT * INTO ran
      FROM internal_events.run_metric_query(
               query, internal_events.runs_as_reader(m.kind), internal_events.metric_timeout(), moment);
    m.elapsed := m.elapsed + ran.elapsed;
    RETURN internal_events.with_outcome(m, ran.result -> 'value', (ran.result ->> 'standard_error')::double precision,
                                        ran.status, ran.sqlstate, ran.message);
EXCEPTION WHEN OTHERS THEN
    -- What went wrong before the metric's own SQL, as where its table is gone.
    RETURN internal_events.with_outcome(m, NULL, NULL, 'error', SQLSTATE, SQLERRM);
END
$$;
COMMENT ON FUNCTION internal_events.advance_measurement(internal_events.service_ping_measurements, timestamptz, integer) IS
    'A measurement with its value, or with one more batch of it counted; never an error. spent: the milliseconds that the '
    'transaction has taken already';
