CREATE FUNCTION internal_events.rollup(wait boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET work_mem = '64MB'
    SET enable_sort = off
    SET enable_seqscan = off
    SET enable_nestloop = off
    SET jit = off
AS $$
DECLARE
    events_read bigint;
BEGIN
    IF NOT internal_events.lock_reader('rollup', wait) THEN
        RETURN 0;
    END IF;

    -- Rules whose past nobody has counted yet: later it would be counted beside what is folded from now on.
    PERFORM internal_events.count_retained();

    -- One statement, so one snapshot: what it reads is exactly what the reader's new snapshot sees.
    WITH batch AS MATERIALIZED (
        SELECT u.rule_id, u.day, u.sketch, u.total, u.sum FROM internal_events.tracked_buckets u WHERE u.unread AND NOT u.own
    ), stored AS (
        INSERT INTO internal_events.buckets AS b (rule_id, day, sketch, total, sum)
        SELECT n.rule_id, n.day, n.sketch, n.total, n.sum FROM batch n
            ON CONFLICT (rule_id, day) DO UPDATE
           SET sketch = internal_events.union_keeping(b.sketch, excluded.sketch),
               total = b.total + excluded.total,
               sum = coalesce(b.sum + excluded.sum, b.sum, excluded.sum)
    ), position AS (
        UPDATE internal_events.readers r
           SET snapshot = internal_events.reader_snapshot(pg_current_snapshot(), pg_current_xact_id_if_assigned()),
               read_at = clock_timestamp()
         WHERE r.name = 'rollup' AND r.cluster_id = internal_events.cluster_id()
    ), restored AS (
        -- Whatever came from another cluster has been read, and would count as read in that cluster too.
        UPDATE internal_events.readers r
           SET snapshot = internal_events.end_of_log(r),
               finished = true,
               read_at = clock_timestamp()
         WHERE r.name = 'rollup' AND r.cluster_id <> internal_events.cluster_id() AND NOT r.finished
    )
    SELECT coalesce(sum(n.total), 0)
      INTO events_read
      FROM batch n
      JOIN internal_events.rules r ON r.id = n.rule_id
     WHERE r.is_plain_total;
    PERFORM internal_events.summarize_log();
    RETURN events_read;
END
$$;
COMMENT ON FUNCTION internal_events.rollup(boolean) IS
    'Folds the unread log into buckets; returns the events read. wait => false leaves at once where another is at work';
GRANT EXECUTE ON FUNCTION internal_events.rollup(boolean) TO internal_events_admin;
