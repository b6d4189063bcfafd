CREATE FUNCTION internal_events.count_batch(
    m internal_events.service_ping_measurements, instrumentation jsonb, moment timestamptz, budget integer)
RETURNS internal_events.service_ping_measurements
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    smallest CONSTANT bigint := 1000;
    size bigint;
    next record;
    ran record;
BEGIN
    IF m.progress IS NULL THEN
        m.progress := internal_events.begin_batches(instrumentation, m.time_frame, moment);
        IF m.progress ? 'sqlstate' THEN
            RETURN internal_events.with_outcome(
                m, NULL, NULL, m.progress ->> 'status', m.progress ->> 'sqlstate', m.progress ->> 'message');
        END IF;
    END IF;
    SELECT * INTO next FROM internal_events.batch_condition(instrumentation, m.progress, moment);
    IF next.sqlstate IS NOT NULL THEN
        RETURN internal_events.with_outcome(m, NULL, NULL, next.status, next.sqlstate, next.message);
    ELSIF next.condition IS NULL THEN
        RETURN internal_events.with_outcome(
            m, internal_events.value_of_parts(instrumentation, m.progress -> 'parts'),
            CASE instrumentation ->> 'operation' WHEN 'estimate_distinct_count' THEN internal_events.standard_error() END,
            'ok', NULL, NULL);
    END IF;
    size := m.progress ->> 'size';
    SELECT * INTO ran
      FROM internal_events.run_metric_query(
               internal_events.batch_query(instrumentation, m.time_frame, next.condition), true,
               CASE WHEN size > smallest THEN least(budget, internal_events.metric_timeout())
                    ELSE internal_events.metric_timeout() END, moment);
    m.elapsed := m.elapsed + ran.elapsed;
    IF ran.status = 'timeout' AND size > smallest THEN
        m.progress := m.progress || jsonb_build_object('size', greatest(size / 8, smallest));
        RETURN m;
    ELSIF ran.status <> 'ok' THEN
        RETURN internal_events.with_outcome(m, NULL, NULL, ran.status, ran.sqlstate, ran.message);
    END IF;
    m.batch := m.batch + 1;
    m.progress := next.following || jsonb_build_object(
        'parts', internal_events.merge_parts(m.progress -> 'parts', nullif(ran.result -> 'value', 'null')),
        -- So that the next one takes half of what is allowed.
        'size', greatest(smallest, least(size::numeric * 4,
                                         size::numeric * (budget / 2000.0) / greatest(ran.elapsed, 0.001)::numeric,
                                         4611686018427387904))::bigint);
    IF internal_events.keys_fault(m.progress -> 'parts') IS NOT NULL THEN
        RETURN internal_events.with_outcome(m, NULL, NULL, 'error', '54000', internal_events.keys_fault(m.progress -> 'parts'));
    END IF;
    m.batches := m.batch + CASE WHEN (m.progress ->> 'is_integer')::boolean
        THEN least(1000000, greatest(0, ceil(((m.progress ->> 'last')::numeric - (m.progress ->> 'next')::numeric + 1)
                                       / (m.progress ->> 'size')::numeric)))::integer END;
    RETURN m;
END
$$;
COMMENT ON FUNCTION internal_events.count_batch(internal_events.service_ping_measurements, jsonb, timestamptz, integer) IS
    'A measurement with one more batch counted, within a budget (milliseconds); a batch that takes longer is tried smaller';
