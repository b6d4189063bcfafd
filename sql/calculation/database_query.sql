CREATE FUNCTION internal_events.database_query(instrumentation jsonb, time_frame text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := internal_events.relation_of(instrumentation);
    column_name text := instrumentation ->> 'column';
    group_by text := instrumentation ->> 'group_by';
    source text := internal_events.database_source(
        instrumentation, time_frame, internal_events.bounds_condition(instrumentation, time_frame));
    value text := CASE instrumentation ->> 'operation'
        WHEN 'count' THEN 'count(' || coalesce('r.' || quote_ident(column_name), '*') || ')'
        WHEN 'distinct_count' THEN format('count(DISTINCT r.%I)', column_name)
        WHEN 'estimate_distinct_count'
            THEN format('internal_events.cardinality(%s)', internal_events.sketch_expression(relation, column_name))
        WHEN 'sum' THEN format('coalesce(sum(r.%I), 0)', column_name)
        WHEN 'average' THEN format('avg(r.%I)', column_name)
    END;
BEGIN
    PERFORM internal_events.column_type(relation, c)
       FROM unnest(ARRAY[column_name, group_by, instrumentation ->> 'batch_column']) c;
    IF group_by IS NOT NULL THEN
        source := format('FROM (SELECT coalesce(r.%I::text, ''null'') AS key, %s AS value %s GROUP BY 1) g',
                         group_by, value, source);
        value := 'coalesce(jsonb_object_agg(g.key, g.value), ''{}'')';
    END IF;
    RETURN format('SELECT %s AS value%s %s', value, internal_events.error_column(instrumentation), source);
END
$$;
COMMENT ON FUNCTION internal_events.database_query(jsonb, text) IS 'The SQL of a database metric, in one statement';
