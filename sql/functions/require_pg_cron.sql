CREATE FUNCTION internal_events.require_pg_cron() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('cron.job') IS NULL THEN
        RAISE EXCEPTION 'pg_cron is not installed in database "%"', current_database()
            USING ERRCODE = 'undefined_object',
                  HINT = 'CREATE EXTENSION pg_cron here. Where it lives in another database, run there, for each job of '
                         'docs/operations.md: SELECT cron.schedule_in_database(name, schedule, command, '
                         || quote_literal(current_database()) || '). Any other scheduler will do as well.';
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.require_pg_cron() IS 'An error that says what to do where pg_cron is missing';
