CREATE FUNCTION internal_events.write_file(path text, content text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ie_write_file';
COMMENT ON FUNCTION internal_events.write_file(text, text) IS
    'Writes a new file of the server (pg_write_server_files), as UTF-8; one that exists is an error';
GRANT EXECUTE ON FUNCTION internal_events.write_file(text, text) TO internal_events_admin;
