CREATE VIEW internal_events.time_frames AS
WITH today AS (
    SELECT internal_events.as_of() AS date, internal_events.monday(internal_events.as_of()) AS monday
)
SELECT f.time_frame, f.period_start, f.period_end,
       p.merged_through < CASE WHEN f.time_frame = 'all' THEN f.period_end ELSE f.period_start END
           OR p.merged_through = '-infinity' AS answerable,
       f.database_start, f.database_end
  FROM today t
 CROSS JOIN internal_events.rollup_position p
 CROSS JOIN LATERAL (VALUES ('7d', t.monday - 7, t.monday - 1, t.date - 9, t.date - 2),
                            ('28d', t.monday - 28, t.monday - 1, t.date - 30, t.date - 2),
                            ('all', '-infinity'::date, t.date, '-infinity', t.date))
       AS f (time_frame, period_start, period_end, database_start, database_end);
COMMENT ON VIEW internal_events.time_frames IS
    'The days that each time frame covers, as of internal_events.as_of; both ends inclusive';
COMMENT ON COLUMN internal_events.time_frames.time_frame IS
    '7d: the last complete ISO week; 28d: the last four; all: since the beginning';
COMMENT ON COLUMN internal_events.time_frames.period_start IS 'The first day of a metric of events';
COMMENT ON COLUMN internal_events.time_frames.period_end IS 'The last day of it';
COMMENT ON COLUMN internal_events.time_frames.answerable IS
    'Whether its days still have buckets of their own; values are null where old days have been merged';
COMMENT ON COLUMN internal_events.time_frames.database_start IS 'The first day of a metric of a table';
COMMENT ON COLUMN internal_events.time_frames.database_end IS 'The last day of it: rows of later days may still change';
GRANT SELECT ON internal_events.time_frames TO internal_events_reader, internal_events_admin;
