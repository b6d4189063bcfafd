CREATE FUNCTION internal_events.database_source(instrumentation jsonb, time_frame text, more text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := internal_events.relation_of(instrumentation);
BEGIN
    RETURN format('FROM %s r', relation)
           || coalesce(' WHERE ' || nullif(concat_ws(' AND ',
                  '(' || (instrumentation ->> 'where') || E'\n)',
                  CASE WHEN time_frame IN ('7d', '28d')
                       THEN internal_events.time_condition(
                                relation, coalesce(instrumentation ->> 'timestamp_column', 'created_at'), time_frame)
                  END,
                  more), ''), '');
END
$$;
COMMENT ON FUNCTION internal_events.database_source(jsonb, text, text) IS
    'FROM and WHERE of a database metric, in SQL, with one more condition';
