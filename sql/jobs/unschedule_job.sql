CREATE FUNCTION internal_events.unschedule_job(job text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    id bigint;
BEGIN
    EXECUTE 'SELECT j.jobid FROM cron.job j '
            'WHERE j.jobname = $1 AND j.database = current_database() AND j.username = current_user'
       INTO id USING job;
    IF id IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE 'SELECT cron.unschedule($1)' USING id;
    RETURN true;
END
$$;
COMMENT ON FUNCTION internal_events.unschedule_job(text) IS 'Removes one of our jobs from pg_cron; false: there was none';
GRANT EXECUTE ON FUNCTION internal_events.unschedule_job(text) TO internal_events_admin;
