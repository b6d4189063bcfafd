-- progress: column, type, is_integer, next (integers) or after (others), last, size, parts, nulls (whether they are to be
-- counted at the end). Bounds are kept as text.
CREATE FUNCTION internal_events.begin_batches(instrumentation jsonb, time_frame text, moment timestamptz) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    relation regclass := internal_events.relation_of(instrumentation);
    column_name text := internal_events.batch_column(instrumentation, time_frame);
    type regtype := internal_events.column_type(relation, column_name);
    is_integer boolean := type IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype);
    is_time boolean := time_frame IN ('7d', '28d')
                       AND column_name = coalesce(instrumentation ->> 'timestamp_column', 'created_at');
    bounds record;
    -- Not min() and max(), which not every ordered type has.
    ends text := format('SELECT r.%1$I FROM %2$s r WHERE r.%1$I IS NOT NULL%3$s ORDER BY r.%1$I', column_name, relation,
                        CASE WHEN is_time THEN ' AND ' || internal_events.time_condition(relation, column_name, time_frame)
                             ELSE '' END);
BEGIN
    SELECT * INTO bounds
      FROM internal_events.run_metric_query(
               format('SELECT jsonb_build_array((%s)::text, (%s)::text) AS value',
                      coalesce((instrumentation ->> 'start') || E'\n', ends || ' LIMIT 1'),
                      coalesce((instrumentation ->> 'finish') || E'\n', ends || ' DESC LIMIT 1')),
               true, internal_events.metric_timeout(), moment);
    IF bounds.sqlstate IS NOT NULL THEN
        RETURN jsonb_build_object('sqlstate', bounds.sqlstate, 'message', bounds.message, 'status', bounds.status);
    END IF;
    RETURN jsonb_build_object(
        'column', column_name, 'type', format_type(type, -1), 'is_integer', is_integer,
        CASE WHEN is_integer THEN 'next' ELSE 'from' END, bounds.result -> 'value' -> 0,
        'last', bounds.result -> 'value' -> 1,
        'size', least(coalesce((instrumentation ->> 'batch_size')::bigint, 100000), 10000000),
        'parts', '{}'::jsonb,
        'nulls', NOT instrumentation ? 'start' AND NOT instrumentation ? 'finish' AND NOT is_time
                 AND instrumentation ->> 'operation' <> 'distinct_count'
                 AND EXISTS (SELECT FROM pg_attribute a
                              WHERE a.attrelid = relation AND a.attname = column_name AND NOT a.attnotnull));
END
$$;
COMMENT ON FUNCTION internal_events.begin_batches(jsonb, text, timestamptz) IS
    'Where counting in batches begins and ends, as the rows are now';
