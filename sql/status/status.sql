CREATE FUNCTION internal_events.status(cron_jobs jsonb DEFAULT NULL, patience interval DEFAULT '1 hour') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    scheduler jsonb := internal_events.status_of_scheduler();
    report jsonb;
    findings jsonb;
BEGIN
    IF cron_jobs IS NULL AND (scheduler ->> 'is_installed_here')::boolean THEN
        cron_jobs := internal_events.cron_jobs();
    END IF;
    report := jsonb_build_object(
        'checked_at', clock_timestamp(),
        'database', current_database(),
        'is_standby', pg_is_in_recovery(),
        'versions', internal_events.status_of_versions(),
        'settings', internal_events.status_of_settings(),
        'definitions', internal_events.status_of_definitions(),
        'log', internal_events.status_of_log()
               || jsonb_build_object('is_being_restored', internal_events.is_being_restored('rollup')),
        'readers', internal_events.status_of_readers(),
        'transactions', internal_events.status_of_transactions(patience),
        'scheduler', scheduler || jsonb_build_object(
            'problem', CASE WHEN jsonb_typeof(cron_jobs) = 'object' THEN cron_jobs -> 'problem' END),
        'jobs', internal_events.status_of_jobs(cron_jobs),
        'service_pings', internal_events.status_of_service_pings(),
        'forwarding', internal_events.status_of_forwarding());
    SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') INTO findings FROM internal_events.findings(report, patience) f;
    RETURN jsonb_build_object('ok', findings = '[]', 'findings', findings) || report;
END
$$;
COMMENT ON FUNCTION internal_events.status(jsonb, interval) IS
    'How this installation is: versions, log, readers, jobs, pings, forwarding; and what needs a hand. cron_jobs: of pg_cron in '
    'another database, the answer to scheduler.query; patience: how long something may wait';
GRANT EXECUTE ON FUNCTION internal_events.status(jsonb, interval) TO internal_events_admin;
