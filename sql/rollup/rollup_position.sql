CREATE VIEW internal_events.rollup_position AS
SELECT coalesce(pg_snapshot_xmax(r.snapshot)::text::bigint, 0) AS xmax,
       ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(r.snapshot) x) AS in_progress,
       m.merged_through
  FROM (SELECT coalesce(max(b.merged_through), '-infinity') AS merged_through
          FROM internal_events.bucket_merges b) m
  LEFT JOIN internal_events.readers r ON r.name = 'rollup' AND r.cluster_id = internal_events.cluster_id();
COMMENT ON VIEW internal_events.rollup_position IS
    'How far the rollup is: transactions of this cluster below xmax have been read, but for those then in progress';
COMMENT ON COLUMN internal_events.rollup_position.xmax IS 'The first transaction id that had not begun';
COMMENT ON COLUMN internal_events.rollup_position.in_progress IS 'Transactions that were in progress then';
COMMENT ON COLUMN internal_events.rollup_position.merged_through IS
    'The last day whose buckets have been merged into the row of day -infinity; -infinity: none';
GRANT SELECT ON internal_events.rollup_position TO internal_events_admin;
