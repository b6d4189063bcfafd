CREATE FUNCTION internal_events.check_select(query text) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_check_select';
COMMENT ON FUNCTION internal_events.check_select(text) IS 'An error unless a text is exactly one SELECT';
