CREATE FUNCTION internal_events.snowplow_event(
    id uuid,
    event_name text,
    category text,
    happened_at timestamptz,
    user_id bigint,
    project_id bigint,
    namespace_id bigint,
    label text,
    property text,
    value text,
    extra jsonb,
    feature_enabled_by_namespace_ids jsonb,
    received jsonb,
    instance_id uuid,
    secret text,
    OUT parameters text,
    OUT fault text
) RETURNS record
LANGUAGE c STABLE
AS '$libdir/internal_events_http', 'ie_snowplow_event';
COMMENT ON FUNCTION internal_events.snowplow_event(
    uuid, text, text, timestamptz, bigint, bigint, bigint, text, text, text, jsonb, jsonb, jsonb, uuid, text) IS
    'The parameters of Snowplow''s tracker protocol for an event, without stm, or why it can never be valid; received: the '
    'parameters that a tracker sent, which stay as they are';
