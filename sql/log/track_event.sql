CREATE FUNCTION @extschema@.track_event(
    event_name text,
    user_id bigint DEFAULT NULL,
    project_id bigint DEFAULT NULL,
    namespace_id bigint DEFAULT NULL,
    additional_properties jsonb DEFAULT NULL,
    category text DEFAULT NULL,
    feature_enabled_by_namespace_ids bigint[] DEFAULT NULL,
    occurred_at timestamptz DEFAULT NULL,
    send_to_snowplow boolean DEFAULT true
) RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_track_event';
COMMENT ON FUNCTION @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean) IS
    'Records a user action in the caller''s transaction; false, with a WARNING, where it is refused';
GRANT EXECUTE ON FUNCTION @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean)
    TO internal_events_writer;
