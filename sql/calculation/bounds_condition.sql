CREATE FUNCTION internal_events.bounds_condition(instrumentation jsonb, time_frame text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    column_name text := internal_events.batch_column(instrumentation, time_frame);
BEGIN
    IF NOT instrumentation ?| '{start,finish}' THEN
        RETURN NULL;
    ELSIF column_name IS NULL THEN
        RAISE EXCEPTION 'start and finish bound a batch column, and there is none'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Name by batch_column a column with which a B-tree index begins; for distinct_count it is column.';
    END IF;
    RETURN concat_ws(' AND ', format('r.%I >= (', column_name) || (instrumentation ->> 'start') || E'\n)',
                     format('r.%I <= (', column_name) || (instrumentation ->> 'finish') || E'\n)');
END
$$;
COMMENT ON FUNCTION internal_events.bounds_condition(jsonb, text) IS
    'The condition by which start and finish bound the rows of a database metric, in one statement';
