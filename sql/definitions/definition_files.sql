CREATE FUNCTION internal_events.definition_files(directory text, OUT path text, OUT yaml text) RETURNS SETOF record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_definition_files';
COMMENT ON FUNCTION internal_events.definition_files(text) IS
    'Every .yml and .json file below a directory of the server (pg_read_server_files); yaml is null where one cannot be read';
GRANT EXECUTE ON FUNCTION internal_events.definition_files(text) TO internal_events_admin;
