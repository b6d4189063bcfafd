CREATE FUNCTION internal_events.findings_of_forwarding(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.code, f.severity, f.message, f.remedy
      FROM (SELECT report -> 'forwarding',
                   reader.value,
                   CASE WHEN (reader.value ->> 'unread_is_more')::boolean THEN 'more than ' ELSE '' END
                       || ((reader.value ->> 'unread')::bigint + (report #>> '{forwarding,queued}')::bigint),
                   (reader.value ->> 'lag_seconds')::bigint * interval '1 second',
                   (reader.value ->> 'seconds_since_last_run')::bigint * interval '1 second',
                   (report #>> '{forwarding,seconds_since_last_delivery}')::bigint * interval '1 second'
              FROM (SELECT) one
              LEFT JOIN jsonb_array_elements(report -> 'readers') reader ON reader.value ->> 'name' = 'forwarder'
           ) AS s (forwarding, reader, backlog, lag, idle, silence)
     CROSS JOIN LATERAL (VALUES
         ('forwarding_misconfigured', 'error',
          forwarding ->> 'settings_problem' IS NOT NULL,
          format('Nothing can be forwarded: %s', forwarding ->> 'settings_problem'),
          'SELECT name, setting FROM pg_settings WHERE name LIKE ''internal\_events.snowplow%'';'
              '  -- then correct it, as by ALTER DATABASE'),
         ('forwarding_paused', 'error',
          forwarding ->> 'state' = 'paused',
          format('Forwarding is paused, and events wait: %s: %s', backlog, forwarding ->> 'last_error'),
          E'SELECT internal_events.resume_forwarding();  -- when the address and its access are right\n'
              'CALL internal_events.forward_events();'),
         ('forwarding_failing', 'error',
          forwarding ->> 'state' <> 'paused'
              AND forwarding ->> 'last_error' IS NOT NULL
              AND (forwarding ->> 'failures_in_a_row')::integer > 0
              AND (lag IS NOT NULL OR (forwarding ->> 'queued')::bigint > 0)
              AND coalesce(silence > patience, true),
          format('The collector has not taken anything%s, and events wait: %s: %s',
                 coalesce(' for ' || internal_events.in_words(silence), ''), backlog, forwarding ->> 'last_error'),
          'CALL internal_events.forward_events(force => true);  -- when the collector is reachable'),
         ('forwarding_late', 'error',
          forwarding ->> 'state' IN ('ready', 'sending')
              AND forwarding ->> 'last_error' IS NULL
              AND lag > patience
              AND coalesce(idle > patience, true),
          format('%s, and events wait: %s, the oldest for %s',
                 coalesce('Process ' || (forwarding ->> 'running_pid') || ' forwards events and does not get on',
                          'Nobody forwards events'),
                 backlog, internal_events.in_words(lag)),
          coalesce('SELECT pg_terminate_backend(' || (forwarding ->> 'running_pid') || E');\n', '')
              || E'CALL internal_events.forward_events();\n'
              || internal_events.scheduling_remedy(report, 'internal_events forwarding')),
         ('forwarding_failures', 'warning',
          (forwarding ->> 'failures')::bigint > 0,
          format('Events that the collector does not take: %s, such as one: %s',
                 forwarding ->> 'failures', forwarding ->> 'failure'),
          E'SELECT reason, count(*) FROM internal_events.forwarding_failures GROUP BY reason;\n'
              '-- When that is mended: SELECT internal_events.resend_forwarding_failures(); else: '
              'SELECT internal_events.discard_forwarding_failures();')
         ) AS f (code, severity, is_so, message, remedy)
     WHERE f.is_so;
END;
COMMENT ON FUNCTION internal_events.findings_of_forwarding(jsonb, interval) IS
    'What of a report of status() needs a hand: forwarding';
