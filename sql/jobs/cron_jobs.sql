CREATE FUNCTION internal_events.cron_jobs() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    jobs jsonb;
BEGIN
    EXECUTE internal_events.cron_jobs_query() INTO jobs;
    RETURN jobs;
EXCEPTION WHEN OTHERS THEN
    RETURN jsonb_build_object('problem', SQLERRM);
END
$$;
COMMENT ON FUNCTION internal_events.cron_jobs() IS
    'The jobs of this database, where pg_cron is in it; or an object with the problem';
