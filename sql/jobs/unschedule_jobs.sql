CREATE FUNCTION internal_events.unschedule_jobs() RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    job record;
BEGIN
    PERFORM internal_events.require_pg_cron();
    FOR job IN EXECUTE 'SELECT j.jobid, j.jobname::text AS name FROM cron.job j '
                       'WHERE j.jobname LIKE ''internal\_events %'' AND j.database = current_database()' LOOP
        EXECUTE 'SELECT cron.unschedule($1)' USING job.jobid;
        RETURN NEXT job.name;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.unschedule_jobs() IS 'Removes the jobs of schedule_jobs() from pg_cron; returns their names';
GRANT EXECUTE ON FUNCTION internal_events.unschedule_jobs() TO internal_events_admin;
