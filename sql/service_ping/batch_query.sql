CREATE FUNCTION internal_events.batch_query(instrumentation jsonb, time_frame text, condition text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := internal_events.relation_of(instrumentation);
    operation text := instrumentation ->> 'operation';
    column_name text := instrumentation ->> 'column';
    group_by text := instrumentation ->> 'group_by';
BEGIN
    -- Each part of the value under a name of its own: number, sum, sketch.
    RETURN format(
        'SELECT jsonb_object_agg(p.key, jsonb_build_object(''n'', p.n, ''s'', p.s, ''h'', p.h)) AS value '
        'FROM (SELECT %s AS key, %s AS n, %s AS s, %s AS h %s%s) p',
        coalesce('coalesce(r.' || quote_ident(group_by) || '::text, ''null'')', '''''::text'),
        CASE operation
            WHEN 'distinct_count' THEN format('count(DISTINCT r.%I)', column_name)
            WHEN 'estimate_distinct_count' THEN 'NULL::bigint'
            ELSE 'count(' || coalesce('r.' || quote_ident(column_name), '*') || ')'
        END,
        CASE WHEN operation IN ('sum', 'average') THEN format('sum(r.%I)', column_name) ELSE 'NULL::bigint' END,
        CASE WHEN operation = 'estimate_distinct_count'
             THEN internal_events.sketch_expression(relation, column_name) || '::text' ELSE 'NULL::text'
        END,
        internal_events.database_source(instrumentation, time_frame, condition),
        -- One group needs no grouping, which would cost each row.
        CASE WHEN group_by IS NOT NULL THEN ' GROUP BY 1' ELSE '' END);
END
$$;
COMMENT ON FUNCTION internal_events.batch_query(jsonb, text, text) IS
    'The SQL of what one batch adds to a database metric: for each group a number, a sum or a sketch';
