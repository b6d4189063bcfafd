CREATE FUNCTION internal_events.with_outcome(
    m internal_events.service_ping_measurements, value jsonb, standard_error double precision, status text, sqlstate text,
    message text)
RETURNS internal_events.service_ping_measurements
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fault text;
BEGIN
    m.progress := NULL;
    m.value := nullif(value, 'null');
    m.standard_error := standard_error;
    m.status := status;
    m.sqlstate := sqlstate;
    m.message := message;
    IF status = 'ok' THEN
        fault := CASE WHEN jsonb_typeof(m.value) = m.value_type AND m.value_type IN ('number', 'boolean') THEN NULL
                      ELSE internal_events.value_fault(
                               (SELECT r.definition || jsonb_build_object('instrumentation', r.instrumentation)
                                  FROM internal_events.reported_metrics r
                                 WHERE r.key_path = m.key_path), m.value)
                 END;
        IF fault IS NOT NULL THEN
            m.value := NULL;
            m.status := 'error';
            m.sqlstate := '22023';
            m.message := fault;
        END IF;
    END IF;
    RETURN m;
END
$$;
COMMENT ON FUNCTION internal_events.with_outcome(
    internal_events.service_ping_measurements, jsonb, double precision, text, text, text) IS
    'A measurement with its outcome; a value that is not what the definition says is an error';
