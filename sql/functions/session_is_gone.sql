CREATE FUNCTION internal_events.session_is_gone(backend_pid integer, backend_start timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN backend_pid IS NULL OR backend_pid = pg_backend_pid()
       OR internal_events.session_start(backend_pid) IS DISTINCT FROM backend_start;
COMMENT ON FUNCTION internal_events.session_is_gone(integer, timestamptz) IS
    'Whether a session that noted its work is not at it any more: it has ended, or is the one that asks';
