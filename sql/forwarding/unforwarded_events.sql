-- With a range of transaction ids, though it may be an open one, the planner uses the log's indexes.
CREATE VIEW internal_events.unforwarded_events AS
SELECT e.*
  FROM internal_events.events e
  LEFT JOIN internal_events.readers r ON r.name = 'forwarder' AND r.cluster_id = e.cluster_id
 WHERE e.xid BETWEEN (SELECT CASE WHEN count(*) FILTER (WHERE p.cluster_id = internal_events.cluster_id()) = 0 THEN 0
                                  ELSE min(pg_snapshot_xmin(p.snapshot)::text::bigint) FILTER (WHERE NOT p.finished)
                             END
                        FROM internal_events.readers p WHERE p.name = 'forwarder')
                 AND (SELECT 9223372036854775807)
   AND (r.name IS NULL OR NOT r.finished AND NOT pg_visible_in_snapshot(e.xid::text::xid8, r.snapshot))
   AND (e.xid = r.partial_xid AND e.id <= r.partial_id) IS NOT TRUE;
COMMENT ON VIEW internal_events.unforwarded_events IS 'Events of the log that the forwarder to Snowplow has not read';
COMMENT ON COLUMN internal_events.unforwarded_events.xid IS 'events.xid';
COMMENT ON COLUMN internal_events.unforwarded_events.id IS 'events.id';
COMMENT ON COLUMN internal_events.unforwarded_events.event_definition_id IS 'events.event_definition_id';
COMMENT ON COLUMN internal_events.unforwarded_events.cluster_id IS 'events.cluster_id';
COMMENT ON COLUMN internal_events.unforwarded_events.tracked_at IS 'events.tracked_at';
COMMENT ON COLUMN internal_events.unforwarded_events.occurred_at IS 'events.occurred_at';
COMMENT ON COLUMN internal_events.unforwarded_events.user_id IS 'events.user_id';
COMMENT ON COLUMN internal_events.unforwarded_events.project_id IS 'events.project_id';
COMMENT ON COLUMN internal_events.unforwarded_events.namespace_id IS 'events.namespace_id';
COMMENT ON COLUMN internal_events.unforwarded_events.send_to_snowplow IS 'events.send_to_snowplow';
COMMENT ON COLUMN internal_events.unforwarded_events.additional_properties IS 'events.additional_properties';
COMMENT ON COLUMN internal_events.unforwarded_events.context IS 'events.context';
GRANT SELECT ON internal_events.unforwarded_events TO internal_events_admin;
