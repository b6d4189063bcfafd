-- A job is recognised by its name, or, where somebody has given it another one, by its command.
CREATE FUNCTION internal_events.status_of_jobs(cron_jobs jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH registered AS (
        SELECT c.*
          FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(cron_jobs) = 'array' THEN cron_jobs ELSE '[]' END) AS c (
               jobid bigint, name text, schedule text, command text, database text, "user" text, active boolean,
               last_start timestamptz, last_end timestamptz, last_status text, last_message text)
    )
    SELECT jsonb_agg(jsonb_build_object(
               'job', j.job, 'wanted', j.wanted, 'schedule', j.schedule, 'command', j.command,
               'registered', to_jsonb(r),
               'seconds_since_last_start', extract(epoch FROM clock_timestamp() - r.last_start)::bigint) ORDER BY j.position)
      FROM (SELECT w.*, row_number() OVER () AS position FROM internal_events.jobs() w) j
      LEFT JOIN LATERAL (
           SELECT g.*
             FROM registered g
            WHERE g.name = j.job
               OR btrim(g.command, E'; \n') = j.command AND g.database = current_database()
                  AND coalesce(g.name, '') NOT IN (SELECT o.job FROM internal_events.jobs() o)
            ORDER BY g.database = current_database() DESC, g.active DESC, g.name ^@ j.job DESC, g.last_start DESC NULLS LAST
            LIMIT 1) r ON true;
END;
COMMENT ON FUNCTION internal_events.status_of_jobs(jsonb) IS
    'Each of jobs() for status(), with the job of pg_cron that does it; null: none does';
