-- A session that asks is busy with nothing else, so what it has left unfinished stays so until somebody takes it on.
CREATE FUNCTION internal_events.session_is_gone(backend_pid integer, backend_start timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN backend_pid IS NULL OR backend_pid = pg_backend_pid()
    OR internal_events.session_start(backend_pid) IS DISTINCT FROM backend_start;
COMMENT ON FUNCTION internal_events.session_is_gone(integer, timestamptz) IS
    'Whether a session that took some work on is not busy with it any more: it has ended, or it is the one that asks';
GRANT EXECUTE ON FUNCTION internal_events.session_is_gone(integer, timestamptz) TO internal_events_admin;
