CREATE FUNCTION internal_events.snowplow_secret() RETURNS text
LANGUAGE c STABLE
AS '$libdir/internal_events_http', 'ie_snowplow_secret';
COMMENT ON FUNCTION internal_events.snowplow_secret() IS
    'The key of pseudonyms that the settings name: snowplow_secret, or the content of snowplow_secret_file; null: neither';
