-- Not SECURITY DEFINER: a job runs with the rights of whoever schedules it.
CREATE FUNCTION internal_events.schedule_jobs(OUT job text, OUT schedule text, OUT command text) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM internal_events.require_pg_cron();
    FOR job, schedule, command IN
        VALUES ('internal_events rollup', '* * * * *', 'SELECT internal_events.rollup(wait => false)'),
               ('internal_events maintenance', '17 * * * *', 'SELECT * FROM internal_events.maintenance()')
    LOOP
        EXECUTE 'SELECT cron.schedule($1, $2, $3)' USING job, schedule, command;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.schedule_jobs() IS
    'Registers the rollup (each minute) and maintenance (each hour) with pg_cron; again changes nothing';
