-- Each partition has an index of its own: pg_dump would make one of the whole table twice, as that would be a member of
-- the extension and its parts would not.
CREATE TABLE internal_events.events (
    xid bigint NOT NULL,
    id uuid NOT NULL,
    event_definition_id integer NOT NULL,
    cluster_id integer NOT NULL,
    tracked_at timestamptz NOT NULL,
    occurred_at timestamptz,
    user_id bigint,
    project_id bigint,
    namespace_id bigint,
    send_to_snowplow boolean NOT NULL,
    additional_properties jsonb,
    context jsonb
) PARTITION BY RANGE (tracked_at);
COMMENT ON TABLE internal_events.events IS
    'The log: one row an event, written by track_event() and by nothing else; partitioned by ISO week of UTC';
COMMENT ON COLUMN internal_events.events.xid IS 'The top-level 64-bit id of the transaction that tracked the event';
COMMENT ON COLUMN internal_events.events.id IS 'The event''s id (UUID version 7), by which consumers recognise it';
COMMENT ON COLUMN internal_events.events.event_definition_id IS 'event_definitions.id';
COMMENT ON COLUMN internal_events.events.cluster_id IS 'The cluster that xid counts in: cluster_id() at the time';
COMMENT ON COLUMN internal_events.events.tracked_at IS 'When the event was recorded';
COMMENT ON COLUMN internal_events.events.occurred_at IS 'When the caller says it happened; null: when it was recorded';
COMMENT ON COLUMN internal_events.events.user_id IS 'The acting user, an id of the application';
COMMENT ON COLUMN internal_events.events.project_id IS 'The project it happened in, an id of the application';
COMMENT ON COLUMN internal_events.events.namespace_id IS 'The namespace it happened in, an id of the application';
COMMENT ON COLUMN internal_events.events.send_to_snowplow IS 'Whether a Snowplow collector may be sent the event';
COMMENT ON COLUMN internal_events.events.additional_properties IS 'label, property, value and custom properties';
COMMENT ON COLUMN internal_events.events.context IS 'category, feature_enabled_by_namespace_ids and the like';
GRANT SELECT ON internal_events.events TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.events', '');
