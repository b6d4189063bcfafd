-- What costs the same whatever the log holds: sizes, the planner's estimate, and no more than so many rows.
CREATE FUNCTION internal_events.status_of_log() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH partition AS (
        SELECT w.monday, pg_total_relation_size(c.oid) AS bytes,
               CASE WHEN c.relpages > 0 AND c.reltuples >= 0 THEN c.reltuples / c.relpages
                    -- Never analysed: as events with two ids are.
                    ELSE 75
               END * pg_relation_size(c.oid) / current_setting('block_size')::integer AS rows
          FROM pg_inherits i
          JOIN pg_class c ON c.oid = i.inhrelid
          LEFT JOIN internal_events.partition_weeks() w ON w.partition = c.oid
         WHERE i.inhparent = 'internal_events.events'::regclass
    )
    SELECT jsonb_build_object(
               'bytes', sum(p.bytes), 'estimated_rows', round(sum(p.rows)::numeric),
               'this_week', internal_events.monday(internal_events.utc_day(clock_timestamp())),
               'partitions', count(p.monday), 'first_week', min(p.monday), 'last_week', max(p.monday),
               'overdue_partitions', count(*) FILTER (
                   WHERE p.monday + 8 <= internal_events.utc_day(clock_timestamp() - internal_events.event_retention())),
               'default_rows', least(max(d.rows), 100000), 'default_rows_are_more', max(d.rows) > 100000,
               'default_week', internal_events.monday(internal_events.utc_day(min(d.oldest))),
               'buckets_bytes', pg_total_relation_size('internal_events.buckets'))
      FROM partition p
     CROSS JOIN (SELECT count(*) AS rows, min(l.tracked_at) AS oldest
                   FROM (SELECT e.tracked_at FROM internal_events.events_default e LIMIT 100001) l) d;
END;
COMMENT ON FUNCTION internal_events.status_of_log() IS
    'The log for status(): its size, its weeks, and what waits for maintenance()';
