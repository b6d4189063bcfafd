-- What is unread comes from three sources: transactions of this cluster from where the rollup stopped; those that were
-- in progress then; and rows that a restored dump brought from another cluster, whose ids mean nothing here and are
-- judged by the snapshot that came with them, or by none where no rollup has seen that cluster. Each is written with a
-- range of ids: the planner takes that for a narrow one, so the indexes are used and plans that rarely find a row stay
-- cheap, whatever is known of the partitions.
CREATE VIEW internal_events.tracked_events AS
SELECT e.id, e.event_definition_id, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
       e.additional_properties, e.context, e.unread,
       CASE WHEN internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
                 <= (SELECT p.merged_through FROM internal_events.rollup_position p)
            THEN '-infinity'::date
            ELSE internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
       END AS day,
       e.cluster_id = (SELECT internal_events.cluster_id())
           AND e.xid IS NOT DISTINCT FROM (SELECT pg_current_xact_id_if_assigned()::text::bigint) AS own
  FROM (SELECT l.*, true AS unread
          FROM internal_events.events l
         WHERE l.cluster_id = (SELECT internal_events.cluster_id())
           AND (l.xid BETWEEN (SELECT p.xmax FROM internal_events.rollup_position p) AND (SELECT 9223372036854775807)
                OR l.xid = ANY ((SELECT p.in_progress FROM internal_events.rollup_position p)::bigint[])
                   AND l.xid BETWEEN (SELECT p.in_progress[1] FROM internal_events.rollup_position p)
                                 AND (SELECT p.xmax - 1 FROM internal_events.rollup_position p))
        UNION ALL
        SELECT l.*, true
          FROM internal_events.events l
          LEFT JOIN internal_events.readers r ON r.name = 'rollup' AND r.cluster_id = l.cluster_id
               -- Asked once, before anything of the log is looked at.
         WHERE (SELECT count(*) FILTER (WHERE p.cluster_id = internal_events.cluster_id()) = 0
                       OR count(*) FILTER (WHERE p.cluster_id <> internal_events.cluster_id() AND NOT p.finished) > 0
                  FROM internal_events.readers p
                 WHERE p.name = 'rollup')
           AND l.cluster_id <> (SELECT internal_events.cluster_id())
           AND l.xid BETWEEN (SELECT 0) AND (SELECT 9223372036854775807)
           AND (r.name IS NULL OR NOT r.finished AND NOT pg_visible_in_snapshot(l.xid::text::xid8, r.snapshot))
        UNION ALL
        SELECT l.*, false
          FROM internal_events.events l
         WHERE l.cluster_id = (SELECT internal_events.cluster_id())
           AND l.xid < (SELECT p.xmax FROM internal_events.rollup_position p)
           AND l.xid <> ALL ((SELECT p.in_progress FROM internal_events.rollup_position p)::bigint[])
        UNION ALL
        SELECT l.*, false
          FROM internal_events.readers r
          JOIN internal_events.events l ON l.cluster_id = r.cluster_id
         WHERE r.name = 'rollup' AND r.cluster_id <> (SELECT internal_events.cluster_id())
           AND (r.finished OR pg_visible_in_snapshot(l.xid::text::xid8, r.snapshot))) e;
COMMENT ON VIEW internal_events.tracked_events IS
    'Events of the log with the day that they count for, and whether the rollup has folded them into buckets';
COMMENT ON COLUMN internal_events.tracked_events.id IS 'The event''s id';
COMMENT ON COLUMN internal_events.tracked_events.event_definition_id IS 'event_definitions.id';
COMMENT ON COLUMN internal_events.tracked_events.tracked_at IS 'When it was recorded';
COMMENT ON COLUMN internal_events.tracked_events.occurred_at IS 'When the caller says it happened; null: when it was recorded';
COMMENT ON COLUMN internal_events.tracked_events.user_id IS 'The acting user';
COMMENT ON COLUMN internal_events.tracked_events.project_id IS 'The project it happened in';
COMMENT ON COLUMN internal_events.tracked_events.namespace_id IS 'The namespace it happened in';
COMMENT ON COLUMN internal_events.tracked_events.additional_properties IS 'label, property, value and custom properties';
COMMENT ON COLUMN internal_events.tracked_events.context IS 'category, feature_enabled_by_namespace_ids and the like';
COMMENT ON COLUMN internal_events.tracked_events.unread IS 'Not in the buckets yet';
COMMENT ON COLUMN internal_events.tracked_events.day IS
    'The day of UTC that the event counts for; -infinity where that day''s buckets have been merged';
COMMENT ON COLUMN internal_events.tracked_events.own IS
    'Tracked by the running transaction: a rollup in it leaves the event to the next one';
GRANT SELECT ON internal_events.tracked_events TO internal_events_admin;
