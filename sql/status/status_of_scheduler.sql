-- The setting is there where the server has loaded pg_cron's library; the extension may be without it, and then does nothing.
CREATE FUNCTION internal_events.status_of_scheduler() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object(
               'name', CASE WHEN s.is_installed OR s.database IS NOT NULL THEN 'pg_cron' END,
               'database', coalesce(s.database, CASE WHEN s.is_installed THEN current_database() END),
               'is_here', s.is_installed AND coalesce(s.database = current_database(), true),
               'is_installed_here', s.is_installed,
               'is_running', EXISTS (SELECT FROM pg_stat_activity a WHERE a.backend_type = 'pg_cron launcher'),
               'query', CASE WHEN s.database <> current_database() THEN internal_events.cron_jobs_query() END,
               'problem', NULL)
      FROM (SELECT current_setting('cron.database_name', true) AS database,
                   EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') AS is_installed) s;
END;
COMMENT ON FUNCTION internal_events.status_of_scheduler() IS 'pg_cron for status(): where it is, and whether it runs';
