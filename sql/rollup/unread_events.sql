CREATE VIEW internal_events.unread_events AS
SELECT e.id, e.event_definition_id, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
       e.additional_properties, e.context, e.day, e.own
  FROM internal_events.tracked_events e
 WHERE e.unread;
COMMENT ON VIEW internal_events.unread_events IS
    'Events that the rollup has not folded into buckets, those of the running transaction included';
COMMENT ON COLUMN internal_events.unread_events.id IS 'The event''s id';
COMMENT ON COLUMN internal_events.unread_events.event_definition_id IS 'event_definitions.id';
COMMENT ON COLUMN internal_events.unread_events.tracked_at IS 'When it was recorded';
COMMENT ON COLUMN internal_events.unread_events.occurred_at IS 'When the caller says it happened; null: when it was recorded';
COMMENT ON COLUMN internal_events.unread_events.user_id IS 'The acting user';
COMMENT ON COLUMN internal_events.unread_events.project_id IS 'The project it happened in';
COMMENT ON COLUMN internal_events.unread_events.namespace_id IS 'The namespace it happened in';
COMMENT ON COLUMN internal_events.unread_events.additional_properties IS 'label, property, value and custom properties';
COMMENT ON COLUMN internal_events.unread_events.context IS 'category, feature_enabled_by_namespace_ids and the like';
COMMENT ON COLUMN internal_events.unread_events.day IS 'The day of UTC that the event counts for';
COMMENT ON COLUMN internal_events.unread_events.own IS
    'Tracked by the running transaction: a rollup in it leaves the event to the next one';
GRANT SELECT ON internal_events.unread_events TO internal_events_admin;
