CREATE FUNCTION internal_events.bucket_retention() RETURNS interval
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_bucket_retention';
COMMENT ON FUNCTION internal_events.bucket_retention() IS 'The setting internal_events.bucket_retention as an interval';
GRANT EXECUTE ON FUNCTION internal_events.bucket_retention() TO internal_events_admin;
