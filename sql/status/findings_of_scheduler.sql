CREATE FUNCTION internal_events.findings_of_scheduler(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.code, f.severity, f.message, f.remedy
      FROM (SELECT report -> 'scheduler',
                   coalesce((report #>> '{scheduler,is_installed_here}')::boolean, false),
                   EXISTS (SELECT FROM jsonb_array_elements(report -> 'jobs') j WHERE j -> 'registered' <> 'null')
           ) AS s (cron, is_here, has_jobs)
     CROSS JOIN LATERAL (VALUES
         ('pg_cron_not_running', 'error',
          (is_here OR has_jobs) AND NOT (cron ->> 'is_running')::boolean,
          'pg_cron does not run, so no job does',
          E'SHOW shared_preload_libraries;  -- It has to name pg_cron; then restart the server and look into its log.'),
         ('pg_cron_elsewhere', 'error',
          is_here AND NOT (cron ->> 'is_here')::boolean,
          format('pg_cron is installed in this database, but cron.database_name is "%s": jobs of this database are not run',
                 cron ->> 'database'),
          format('DROP EXTENSION pg_cron;' || E'\n%s', internal_events.scheduling_remedy(report, 'internal_events rollup'))),
         ('jobs_unknown', 'warning',
          cron ->> 'problem' IS NOT NULL,
          format('The jobs of pg_cron in database "%s" could not be looked at: %s', cron ->> 'database', cron ->> 'problem'),
          format(E'\\connect %s\nGRANT USAGE ON SCHEMA cron TO %2$I; GRANT SELECT ON cron.job, cron.job_run_details TO %2$I;',
                 quote_ident(cron ->> 'database'), session_user))
         ) AS f (code, severity, is_so, message, remedy)
     WHERE f.is_so AND NOT pg_is_in_recovery();
END;
COMMENT ON FUNCTION internal_events.findings_of_scheduler(jsonb, interval) IS
    'What of a report of status() needs a hand: pg_cron itself';
