CREATE FUNCTION internal_events.calculation_query(
    instrumentation jsonb, time_frame text, value_type text, components text[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE instrumentation ->> 'kind'
    WHEN 'database' THEN internal_events.database_query(instrumentation, time_frame)
    WHEN 'generic' THEN format(E'SELECT (\n%s\n) AS value', regexp_replace(instrumentation ->> 'sql', ';\s*$', ''))
    WHEN 'setting' THEN internal_events.setting_query(instrumentation ->> 'setting', value_type)
    WHEN 'numbers' THEN format('SELECT internal_events.metric_sum(%L::text[]) AS value', components)
    WHEN 'aggregate' THEN internal_events.aggregate_query(instrumentation, time_frame, components)
END;
COMMENT ON FUNCTION internal_events.calculation_query(jsonb, text, text, text[]) IS
    'The SQL of a metric that counts no events of its own; null where it is no SQL, as with Prometheus';
