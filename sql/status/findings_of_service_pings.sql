-- A ping of a week that is over cannot be built any more, so what is missing is always that of this week.
CREATE FUNCTION internal_events.findings_of_service_pings(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.code, f.severity, f.message, f.remedy
      FROM (SELECT report -> 'service_pings',
                   report #> '{service_pings,last}',
                   (report #>> '{settings,service_ping_building}')::boolean,
                   (report #>> '{service_pings,last_week}')::boolean,
                   (report #>> '{service_pings,last,seconds_since_recorded}')::bigint * interval '1 second',
                   (report #>> '{log,this_week}')::date) AS p (pings, last, is_building, had_last_week, age, monday)
     CROSS JOIN LATERAL (VALUES
         ('ping_missing', 'error',
          is_building
              AND coalesce(last ->> 'status' <> 'building', true)
              AND NOT coalesce((pings ->> 'this_week')::boolean, false)
              AND (internal_events.utc_day(clock_timestamp()) = monday + 6
                   OR NOT had_last_week AND (pings ->> 'installed_at')::timestamptz < monday - 7),
          'There is no Service Ping of this week'
              || CASE WHEN had_last_week THEN ', which ends today' ELSE ', nor of the last one' END,
          'CALL internal_events.build_service_ping();'),
         ('ping_failed', 'error',
          last ->> 'status' = 'failed' AND (last ->> 'week')::date >= monday - 7,
          format('Service Ping %s could not be built: %s', last ->> 'id', last ->> 'last_error'),
          'CALL internal_events.build_service_ping();  -- when the cause is mended'),
         ('ping_unfinished', 'warning',
          (last ->> 'is_abandoned')::boolean AND age > patience,
          format('Service Ping %s was begun %s ago, and nobody goes on building it',
                 last ->> 'id', internal_events.in_words(age)),
          'CALL internal_events.build_service_ping();'),
         ('ping_metrics_failed', 'warning',
          (last ->> 'failed_metrics')::bigint > 0,
          format('Metrics that failed in Service Ping %s: %s', last ->> 'id', last ->> 'failed_metrics'),
          format('SELECT key_path, status, message FROM internal_events.service_ping_measurements '
                 'WHERE ping_id = %s AND status IN (''error'', ''timeout'');'
                 '  -- then CALL internal_events.build_service_ping(force => true);', last ->> 'id'))
         ) AS f (code, severity, is_so, message, remedy)
     WHERE f.is_so
    UNION ALL
    SELECT CASE WHEN attempts = 0 THEN 'delivery_late' ELSE 'delivery_failed' END,
           'error',
           CASE WHEN attempts = 0
                THEN format('Service Ping %s waits to be sent, and nobody has tried for %s',
                            id, internal_events.in_words(overdue))
                WHEN is_abandoned
                THEN format('Service Ping %s was on its way when its session ended; whether it arrived is not known', id)
                ELSE format('Service Ping %s could not be sent: %s', id, error)
                     || CASE WHEN due IS NULL THEN '; it is tried again with the next ping' ELSE '' END
           END,
           CASE WHEN attempts > 0 AND NOT is_abandoned
                THEN format(E'SELECT internal_events.resend_service_ping(%s);  -- when the cause is mended\n', id)
                ELSE ''
           END || 'CALL internal_events.send_service_pings();'
      FROM (SELECT w ->> 'id',
                   (w ->> 'attempts')::integer,
                   w ->> 'last_error',
                   (w ->> 'next_attempt_at')::timestamptz,
                   (w ->> 'seconds_overdue')::bigint * interval '1 second',
                   (w ->> 'is_abandoned')::boolean
              FROM jsonb_array_elements(report #> '{service_pings,waiting}') w
           ) AS w (id, attempts, error, due, overdue, is_abandoned)
     WHERE attempts > 0 OR overdue > interval '1 hour' + patience;
END;
COMMENT ON FUNCTION internal_events.findings_of_service_pings(jsonb, interval) IS
    'What of a report of status() needs a hand: Service Pings and their delivery';
