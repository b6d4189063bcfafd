CREATE FUNCTION internal_events.run_metric_query(
    query text, as_reader boolean, timeout integer, moment timestamptz,
    OUT result jsonb, OUT status text, OUT sqlstate text, OUT message text, OUT elapsed double precision)
RETURNS record
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_run_metric_query';
COMMENT ON FUNCTION internal_events.run_metric_query(text, boolean, integer, timestamptz) IS
    'Runs a SELECT that gives at most one row, read-only, within a timeout (milliseconds) and with the rights of '
    'internal_events_reader where as_reader; an error is returned: status ok, error or timeout';
