CREATE FUNCTION internal_events.definition_needs(yaml text) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_definition_needs';
COMMENT ON FUNCTION internal_events.definition_needs(text) IS
    'The events, key paths and components that a metric definition names';
