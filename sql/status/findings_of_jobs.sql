-- Jobs that nobody has registered are missing only where others are: without any, something else calls what they would.
CREATE FUNCTION internal_events.findings_of_jobs(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH job AS (
        SELECT j ->> 'job' AS name,
               place - 1 AS place,
               (j ->> 'wanted')::boolean AS is_wanted,
               j ->> 'schedule' AS schedule,
               j ->> 'command' AS command,
               j -> 'registered' <> 'null' AS is_registered,
               r.*,
               (j ->> 'seconds_since_last_start')::bigint * interval '1 second' AS idle,
               CASE WHEN j ->> 'schedule' LIKE '* %' THEN interval '1 minute'
                    WHEN j ->> 'schedule' LIKE '% * * * *' THEN interval '1 hour'
               END AS period,
               CASE WHEN (report #>> '{scheduler,is_here}')::boolean THEN ''
                    ELSE format(E'\\connect %s\n', quote_ident(report #>> '{scheduler,database}'))
               END AS connecting
          FROM jsonb_array_elements(report -> 'jobs') WITH ORDINALITY AS a (j, place)
         CROSS JOIN jsonb_to_record(CASE WHEN j -> 'registered' = 'null' THEN '{}' ELSE j -> 'registered' END) AS r (
               jobid bigint, active boolean, database text, "user" text, last_status text, last_message text,
               last_end timestamptz)
    )
    SELECT f.code, f.severity,
           format(f.message, job.name, job.database, job."user", internal_events.in_words(job.idle), job.last_message),
           f.remedy
      FROM job
     CROSS JOIN LATERAL (VALUES
         (1, 'job_missing', 'error',
          is_wanted AND NOT is_registered
              AND EXISTS (SELECT FROM job o WHERE o.is_registered AND o.database = current_database()),
          'The job "%s" is not registered, while others are',
          internal_events.scheduling_remedy(report, name)),
         (2, 'job_elsewhere', 'error',
          is_registered AND job.database <> current_database(),
          'The job "%s" runs in database "%2$s", which does not exist',
          connecting || format(E'SELECT cron.unschedule(%s);\n', jobid)
              || internal_events.scheduling_remedy(jsonb_set(report, ARRAY['jobs', place::text, 'registered'], 'null'), name)),
         (3, 'job_inactive', 'error',
          is_registered AND is_wanted AND NOT active,
          'The job "%s" is not active',
          connecting || format('SELECT cron.alter_job(%s, active => true);', jobid)),
         (4, 'job_unwanted', 'warning',
          is_registered AND NOT is_wanted,
          'The job "%s" has nothing to do: its setting is off or empty',
          connecting || format('SELECT cron.unschedule(%s);', jobid)),
         (5, 'job_failed', 'error',
          is_registered AND is_wanted AND last_status = 'failed',
          'The last run of job "%s" has failed: %5$s',
          format('%s;  -- as user %s, to see it fail: then mend the cause', command, "user")),
         (6, 'job_halted', 'error',
          is_registered AND is_wanted AND active AND NOT pg_is_in_recovery() AND idle > period + patience,
          'pg_cron has not started the job "%s" for %4$s',
          '-- Restart the server: pg_cron starts with it alone. Until then: ' || command || ';'),
         (7, 'clock_went_back', 'error',
          idle < interval '-5 minutes',
          'The clock went back: the job "%s" last ran in the future, and pg_cron waits until that time comes again',
          '-- Restart the server: pg_cron starts with it alone. Until then: ' || command || ';')
         ) AS f (position, code, severity, is_so, message, remedy)
     WHERE f.is_so
     ORDER BY f.position, job.name;
END;
COMMENT ON FUNCTION internal_events.findings_of_jobs(jsonb, interval) IS
    'What of a report of status() needs a hand: the jobs of pg_cron';
