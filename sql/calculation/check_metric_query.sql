CREATE FUNCTION internal_events.check_metric_query(
    key_path text, query text, instrumentation jsonb, OUT problem text, OUT is_broken boolean)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tried record;
BEGIN
    PERFORM internal_events.check_fragments(key_path, instrumentation);
    PERFORM internal_events.check_select(query);
    -- Planned and checked for privileges, but not run.
    SELECT * INTO tried
      FROM internal_events.run_metric_query(format(E'SELECT * FROM (\n%s\n) q WHERE false', query),
                                            internal_events.runs_as_reader(instrumentation ->> 'kind'), 60000, NULL);
    problem := tried.message;
    -- 42P01 is also said of a wrong alias, which nothing outside of the definition can mend.
    is_broken := tried.sqlstate = '3F000' OR tried.sqlstate = '42P01' AND tried.message LIKE 'relation %';
    IF tried.status = 'ok' OR is_broken OR tried.sqlstate = '42501' THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'instrumentation of "%": %', key_path, tried.message
        USING ERRCODE = tried.sqlstate,
              HINT = 'Names outside of pg_catalog need their schema. The statement is: ' || query;
END
$$;
COMMENT ON FUNCTION internal_events.check_metric_query(text, text, jsonb) IS
    'Whether the SQL of a metric can run: a problem that a table or a GRANT may mend is returned, any other is an error';
