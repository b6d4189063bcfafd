CREATE FUNCTION internal_events.session_start(pid integer) RETURNS timestamptz
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.backend_start FROM pg_stat_activity a WHERE a.pid = session_start.pid;
END;
COMMENT ON FUNCTION internal_events.session_start(integer) IS
    'When a session began, by which it is recognised as process ids come again; null: there is none';
GRANT EXECUTE ON FUNCTION internal_events.session_start(integer) TO internal_events_admin;
