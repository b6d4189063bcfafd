CREATE FUNCTION internal_events.require_pg_cron() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'pg_cron') THEN
        RAISE EXCEPTION 'pg_cron is not installed in database "%"', current_database()
            USING ERRCODE = 'undefined_object',
                  HINT = format('CREATE EXTENSION pg_cron here. Where it lives in another database, run there, for each job of '
                                'docs/operations.md: SELECT cron.schedule_in_database(''internal_events ... %1$s'', schedule, '
                                'command, %1$L). Any other scheduler will do as well.', current_database());
    END IF;
    IF NOT has_schema_privilege('cron', 'USAGE') THEN
        RAISE EXCEPTION 'permission denied for schema cron'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('A superuser can GRANT USAGE ON SCHEMA cron TO %I.', current_user);
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.require_pg_cron() IS 'An error that says what to do where pg_cron is missing';
GRANT EXECUTE ON FUNCTION internal_events.require_pg_cron() TO internal_events_admin;
