-- The text of a query, as pg_cron may be in another database, where this extension need not be. Its last runs only: it never
-- removes what it notes of them.
CREATE FUNCTION internal_events.cron_jobs_query() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN format($query$
    WITH job AS (
        SELECT * FROM cron.job WHERE jobname LIKE 'internal\_events %%' OR command LIKE '%%internal\_events.%%'
    ), run AS (
        SELECT * FROM cron.job_run_details ORDER BY runid DESC LIMIT 100000
    ), started AS (
        SELECT jobid, max(start_time) AS at FROM run GROUP BY jobid
    ), ended AS (
        SELECT DISTINCT ON (jobid) jobid, status, return_message, end_time
          FROM run WHERE status IN ('succeeded', 'failed') ORDER BY jobid, runid DESC
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'jobid', j.jobid, 'name', j.jobname, 'schedule', j.schedule, 'command', j.command, 'database', j.database,
               'user', j.username, 'active', j.active, 'last_start', s.at, 'last_end', e.end_time, 'last_status', e.status,
               'last_message', left(e.return_message, 500)) ORDER BY j.jobid), '[]')
      FROM job j
      LEFT JOIN started s USING (jobid)
      LEFT JOIN ended e USING (jobid)
     WHERE j.database = %L OR j.database NOT IN (SELECT datname FROM pg_catalog.pg_database)$query$, current_database());
COMMENT ON FUNCTION internal_events.cron_jobs_query() IS
    'What to ask in the database of pg_cron for its jobs of this database; status() takes the answer';
