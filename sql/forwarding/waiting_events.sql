CREATE VIEW internal_events.waiting_events AS
SELECT u.*
  FROM internal_events.unforwarded_events u
  LEFT JOIN internal_events.forwarding_eligibility d ON d.event_definition_id = u.event_definition_id
 WHERE internal_events.is_to_be_sent(u.event_definition_id, u.send_to_snowplow, d.is_eligible);
COMMENT ON VIEW internal_events.waiting_events IS 'Events of the log that the forwarder to Snowplow has not read and is to send';
COMMENT ON COLUMN internal_events.waiting_events.xid IS 'events.xid';
COMMENT ON COLUMN internal_events.waiting_events.id IS 'events.id';
COMMENT ON COLUMN internal_events.waiting_events.event_definition_id IS 'events.event_definition_id';
COMMENT ON COLUMN internal_events.waiting_events.cluster_id IS 'events.cluster_id';
COMMENT ON COLUMN internal_events.waiting_events.tracked_at IS 'events.tracked_at';
COMMENT ON COLUMN internal_events.waiting_events.occurred_at IS 'events.occurred_at';
COMMENT ON COLUMN internal_events.waiting_events.user_id IS 'events.user_id';
COMMENT ON COLUMN internal_events.waiting_events.project_id IS 'events.project_id';
COMMENT ON COLUMN internal_events.waiting_events.namespace_id IS 'events.namespace_id';
COMMENT ON COLUMN internal_events.waiting_events.send_to_snowplow IS 'events.send_to_snowplow';
COMMENT ON COLUMN internal_events.waiting_events.additional_properties IS 'events.additional_properties';
COMMENT ON COLUMN internal_events.waiting_events.context IS 'events.context';
GRANT SELECT ON internal_events.waiting_events TO internal_events_admin;
