-- Where one job has to be scheduled in another database, so have the others.
CREATE FUNCTION internal_events.scheduling_remedy(report jsonb, job text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE
               WHEN this.value -> 'registered' <> 'null' THEN format('%s;', this.value ->> 'command')
               WHEN (report #>> '{scheduler,is_here}')::boolean THEN 'SELECT * FROM internal_events.schedule_jobs();'
               WHEN report #>> '{scheduler,database}' <> current_database()
               THEN (SELECT format(E'\\connect %s\n', quote_ident(report #>> '{scheduler,database}'))
                            || string_agg(format('SELECT cron.schedule_in_database(%L, %L, %L, %L);',
                                                 j ->> 'job' || ' ' || current_database(), j ->> 'schedule', j ->> 'command',
                                                 current_database()), E'\n')
                       FROM jsonb_array_elements(report -> 'jobs') j
                      WHERE (j ->> 'wanted')::boolean AND j -> 'registered' = 'null')
               ELSE format('%s;  -- and let a scheduler do so by itself: %s', this.value ->> 'command', this.value ->> 'schedule')
           END
      FROM jsonb_array_elements(report -> 'jobs') this
     WHERE this.value ->> 'job' = job;
END;
COMMENT ON FUNCTION internal_events.scheduling_remedy(jsonb, text) IS
    'What to run so that one of jobs() is done by itself, wherever pg_cron is';
