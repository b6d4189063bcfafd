CREATE FUNCTION internal_events.create_view_as_metrics(command text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_create_view_as_metrics';
COMMENT ON FUNCTION internal_events.create_view_as_metrics(text) IS
    'Runs CREATE VIEW with the rights of internal_events_metrics: that evaluates literals, and so may run functions';
