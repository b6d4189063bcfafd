CREATE FUNCTION internal_events.check_snowplow_settings() RETURNS text
LANGUAGE c STABLE
AS '$libdir/internal_events_http', 'ie_check_snowplow_settings';
COMMENT ON FUNCTION internal_events.check_snowplow_settings() IS
    'Raises an error where the settings would make every event wrong; returns a fingerprint of where events go, and as whom';
