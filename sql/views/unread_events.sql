-- Four sources: transactions of this cluster from where the rollup stopped, and those that were in progress then; rows
-- that a restored dump brought from another cluster, whose ids mean nothing here and are judged by the snapshot that
-- came with them; and, until the first rollup after a restore, those of clusters that no rollup knows of.
-- Each is written with a range of ids: the planner takes that for a narrow one, so the indexes are used and plans that
-- rarely find a row stay cheap, whatever is known of the partitions.
CREATE VIEW internal_events.unread_events AS
SELECT e.id, e.event_definition_id, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
       e.additional_properties, e.context,
       CASE WHEN internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
                 <= (SELECT p.merged_through FROM internal_events.rollup_position p)
            THEN '-infinity'::date
            ELSE internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
       END AS day,
       e.cluster_id = (SELECT internal_events.cluster_id())
           AND e.xid IS NOT DISTINCT FROM (SELECT pg_current_xact_id_if_assigned()::text::bigint) AS own
  FROM (SELECT l.*
          FROM internal_events.events l
         WHERE l.cluster_id = (SELECT internal_events.cluster_id())
           AND l.xid BETWEEN (SELECT p.xmax FROM internal_events.rollup_position p) AND (SELECT 9223372036854775807)
        UNION ALL
        SELECT l.*
          FROM internal_events.events l
         WHERE l.cluster_id = (SELECT internal_events.cluster_id())
           AND l.xid = ANY ((SELECT p.in_progress FROM internal_events.rollup_position p)::bigint[])
           AND l.xid BETWEEN (SELECT p.in_progress[1] FROM internal_events.rollup_position p)
                         AND (SELECT p.xmax - 1 FROM internal_events.rollup_position p)
        UNION ALL
        SELECT l.*
          FROM internal_events.readers r
          JOIN internal_events.events l ON l.cluster_id = r.cluster_id AND NOT pg_visible_in_snapshot(l.xid::text::xid8, r.snapshot)
         WHERE r.name = 'rollup' AND r.cluster_id <> (SELECT internal_events.cluster_id()) AND NOT r.finished
           AND l.xid BETWEEN (SELECT 0) AND (SELECT 9223372036854775807)
        UNION ALL
        SELECT l.*
          FROM internal_events.events l
         WHERE (SELECT count(*) = 0
                  FROM internal_events.readers r
                 WHERE r.name = 'rollup' AND r.cluster_id = internal_events.cluster_id())
           AND l.cluster_id <> (SELECT internal_events.cluster_id())
           AND NOT EXISTS (SELECT FROM internal_events.readers r WHERE r.name = 'rollup' AND r.cluster_id = l.cluster_id)
           AND l.xid BETWEEN (SELECT 0) AND (SELECT 9223372036854775807)) e;
COMMENT ON VIEW internal_events.unread_events IS
    'Events that the rollup has not folded into buckets, those of the running transaction included';
COMMENT ON COLUMN internal_events.unread_events.day IS
    'The day of UTC that the event counts for; -infinity where that day''s buckets have been merged';
COMMENT ON COLUMN internal_events.unread_events.own IS
    'Tracked by the running transaction: a rollup in it leaves the event to the next one';
