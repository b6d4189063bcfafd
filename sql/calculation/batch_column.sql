CREATE FUNCTION internal_events.batch_column(instrumentation jsonb, time_frame text) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    -- The first column of an index that is ready, whole and in order: batches find their rows by it.
    WITH candidates AS (
        SELECT a.attname::text AS name, bool_or(x.indisprimary) AS is_primary
          FROM pg_index x
          JOIN pg_class c ON c.oid = x.indexrelid
          JOIN pg_am am ON am.oid = c.relam AND am.amname = 'btree'
          JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
         WHERE x.indrelid = internal_events.relation_of(instrumentation) AND x.indisvalid AND x.indpred IS NULL
         GROUP BY a.attname
    ), wanted (name, rank) AS (
        SELECT instrumentation ->> 'batch_column', 1
        UNION ALL
        SELECT instrumentation ->> 'column', 2 WHERE instrumentation ->> 'operation' = 'distinct_count'
        UNION ALL
        SELECT coalesce(instrumentation ->> 'timestamp_column', 'created_at'), 3
         WHERE time_frame IN ('7d', '28d') AND instrumentation ->> 'operation' <> 'distinct_count'
        UNION ALL
        SELECT c.name, 4 FROM candidates c WHERE c.is_primary AND instrumentation ->> 'operation' <> 'distinct_count'
    )
    SELECT w.name
      FROM wanted w
      JOIN candidates c ON c.name = w.name
     -- The parts of a distinct count only add up if no value is in two of them.
     WHERE instrumentation ->> 'operation' <> 'distinct_count' OR w.name = instrumentation ->> 'column'
     ORDER BY w.rank
     LIMIT 1;
END;
COMMENT ON FUNCTION internal_events.batch_column(jsonb, text) IS
    'The column by whose ranges a database metric is counted in batches; null: only in one statement';
