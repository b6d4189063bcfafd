-- Not SECURITY DEFINER: a job runs with the rights of whoever schedules it.
CREATE FUNCTION internal_events.schedule_jobs(OUT job text, OUT schedule text, OUT command text) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted boolean;
BEGIN
    PERFORM internal_events.require_pg_cron();
    FOR job, schedule, command, wanted IN SELECT j.job, j.schedule, j.command, j.wanted FROM internal_events.jobs() j LOOP
        IF wanted THEN
            EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
            RETURN NEXT;
        ELSE
            PERFORM internal_events.unschedule_job(job);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.schedule_jobs() IS
    'Registers the jobs that the settings call for with pg_cron, and removes the others; again changes nothing';
GRANT EXECUTE ON FUNCTION internal_events.schedule_jobs() TO internal_events_admin;
