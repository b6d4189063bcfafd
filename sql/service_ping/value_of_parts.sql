CREATE FUNCTION internal_events.value_of_parts(instrumentation jsonb, parts jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH amounts AS (
        SELECT e.key,
               CASE instrumentation ->> 'operation'
                   WHEN 'sum' THEN coalesce((e.value ->> 's')::numeric, 0)
                   WHEN 'average' THEN (e.value ->> 's')::numeric / nullif((e.value ->> 'n')::numeric, 0)
                   WHEN 'estimate_distinct_count' THEN internal_events.cardinality((e.value ->> 'h')::@hll@.hll)::numeric
                   ELSE (e.value ->> 'n')::numeric
               END AS amount
          FROM jsonb_each(parts) e
    )
    SELECT CASE WHEN instrumentation ? 'group_by' THEN (SELECT coalesce(jsonb_object_agg(a.key, a.amount), '{}') FROM amounts a)
                ELSE coalesce(to_jsonb((SELECT a.amount FROM amounts a)),
                              CASE WHEN instrumentation ->> 'operation' <> 'average' THEN '0'::jsonb END)
           END;
END;
COMMENT ON FUNCTION internal_events.value_of_parts(jsonb, jsonb) IS
    'The value of a database metric whose batches are all counted';
