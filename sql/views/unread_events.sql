-- Two sources: the transactions of this cluster, found by BRIN from where the rollup stopped; and rows that a restored
-- dump brought from another cluster, whose ids mean nothing here and are judged by the snapshot that came with them.
CREATE VIEW internal_events.unread_events AS
SELECT e.id, e.event_definition_id, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
       e.additional_properties, e.context,
       CASE WHEN internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at)) <= (SELECT p.merged_through FROM internal_events.rollup_position p)
            THEN '-infinity'::date
            ELSE internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
       END AS day,
       e.xid IS NOT DISTINCT FROM (SELECT pg_current_xact_id_if_assigned()::text::bigint) AS own
  FROM internal_events.events e
 WHERE e.cluster_id = (SELECT internal_events.cluster_id())
   AND (e.xid >= (SELECT p.xmax FROM internal_events.rollup_position p)
        OR e.xid = ANY ((SELECT p.in_progress FROM internal_events.rollup_position p)::bigint[]))
UNION ALL
SELECT e.id, e.event_definition_id, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
       e.additional_properties, e.context,
       CASE WHEN internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at)) <= (SELECT p.merged_through FROM internal_events.rollup_position p)
            THEN '-infinity'::date
            ELSE internal_events.utc_day(coalesce(e.occurred_at, e.tracked_at))
       END AS day,
       false AS own
  FROM (SELECT r.cluster_id, r.snapshot
          FROM internal_events.readers r
         WHERE r.name = 'rollup' AND r.cluster_id <> internal_events.cluster_id() AND NOT r.finished
        OFFSET 0) r
 CROSS JOIN LATERAL (SELECT * FROM internal_events.events l WHERE l.cluster_id = r.cluster_id OFFSET 0) e
 WHERE NOT pg_visible_in_snapshot(e.xid::text::xid8, r.snapshot);
COMMENT ON VIEW internal_events.unread_events IS
    'Events that the rollup has not folded into buckets, those of the running transaction included';
COMMENT ON COLUMN internal_events.unread_events.day IS 'The day of UTC that the event counts for';
COMMENT ON COLUMN internal_events.unread_events.own IS
    'Tracked by the running transaction: a rollup in it leaves the event to the next one';
