CREATE FUNCTION internal_events.definition_identity(yaml text, OUT kind text, OUT name text) RETURNS record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_definition_identity';
COMMENT ON FUNCTION internal_events.definition_identity(text) IS
    'event and its action, metric and its key path, or instrumentation and its class; nulls where a text is no definition';
GRANT EXECUTE ON FUNCTION internal_events.definition_identity(text) TO internal_events_admin;
