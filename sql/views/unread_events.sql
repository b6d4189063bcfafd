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
               -- A range, because the planner takes it for a narrow one and uses the index.
           AND l.xid BETWEEN (SELECT p.xmax FROM internal_events.rollup_position p) AND (SELECT 9223372036854775807)
        UNION ALL
        SELECT s.* FROM internal_events.straggling_events() s) e;
COMMENT ON VIEW internal_events.unread_events IS
    'Events that the rollup has not folded into buckets, those of the running transaction included';
COMMENT ON COLUMN internal_events.unread_events.day IS
    'The day of UTC that the event counts for; -infinity where that day''s buckets have been merged';
COMMENT ON COLUMN internal_events.unread_events.own IS
    'Tracked by the running transaction: a rollup in it leaves the event to the next one';
