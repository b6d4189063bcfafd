CREATE FUNCTION internal_events.batch_condition(
    instrumentation jsonb, progress jsonb, moment timestamptz,
    OUT condition text, OUT following jsonb, OUT status text, OUT sqlstate text, OUT message text)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text := format('r.%I', progress ->> 'column');
    type text := progress ->> 'type';
    size bigint := progress ->> 'size';
    last_value text := progress ->> 'last';
    bound text;
    first text;
    boundary record;
BEGIN
    IF last_value IS NULL OR coalesce(progress ->> 'next', progress ->> 'from', progress ->> 'after') IS NULL
       OR (progress ->> 'is_integer')::boolean AND (progress ->> 'next')::numeric > last_value::numeric THEN
        condition := CASE WHEN (progress ->> 'nulls')::boolean THEN name || ' IS NULL' END;
        following := progress || '{"nulls": false, "last": null}';
        RETURN;
    END IF;
    IF (progress ->> 'is_integer')::boolean THEN
        bound := least((progress ->> 'next')::numeric + size - 1, last_value::numeric);
        condition := format('%s BETWEEN %s AND %s', name, progress ->> 'next', bound);
        following := progress || jsonb_build_object('next', (bound::numeric + 1)::text);
        RETURN;
    END IF;
    first := CASE WHEN progress ? 'from' THEN format('%s >= %L::%s', name, progress ->> 'from', type)
                  ELSE format('%s > %L::%s', name, progress ->> 'after', type) END;
    -- Other types have no arithmetic: the index says where so many rows end.
    SELECT * INTO boundary
      FROM internal_events.run_metric_query(
               format('SELECT (SELECT %1$s FROM %2$s r WHERE %3$s AND %1$s <= %4$L::%5$s '
                      'ORDER BY %1$s OFFSET %6$s LIMIT 1)::text AS value',
                      name, internal_events.relation_of(instrumentation), first, last_value, type, size),
               true, internal_events.metric_timeout(), moment);
    IF boundary.sqlstate IS NOT NULL THEN
        status := boundary.status;
        sqlstate := boundary.sqlstate;
        message := boundary.message;
        RETURN;
    END IF;
    bound := boundary.result ->> 'value';
    condition := format('%s AND %s <= %L::%s', first, name, coalesce(bound, last_value), type);
    following := (progress - 'from')
                 || jsonb_build_object('after', bound, 'last', CASE WHEN bound IS NOT NULL THEN last_value END);
END
$$;
COMMENT ON FUNCTION internal_events.batch_condition(jsonb, jsonb, timestamptz) IS
    'The rows of the next batch, and where the one after it begins; condition is null: there is none, or finding it failed';
