CREATE FUNCTION internal_events.metric_timeout() RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_metric_timeout';
COMMENT ON FUNCTION internal_events.metric_timeout() IS 'The setting internal_events.metric_timeout, in milliseconds';
