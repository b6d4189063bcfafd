CREATE FUNCTION internal_events.instrumented_value(key_path text) RETURNS jsonb
LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT nullif(internal_events.run_instrumentation(key_path) -> 'value', 'null');
END;
COMMENT ON FUNCTION internal_events.instrumented_value(text) IS
    'The value of a metric that counts no events of its own; null where it fails';
GRANT EXECUTE ON FUNCTION internal_events.instrumented_value(text) TO internal_events_reader, internal_events_admin;
