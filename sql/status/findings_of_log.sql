CREATE FUNCTION internal_events.findings_of_log(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.code, f.severity, f.message, f.remedy
      FROM (SELECT report -> 'log') AS g (log)
     CROSS JOIN (SELECT internal_events.scheduling_remedy(report, 'internal_events maintenance')) AS s (maintenance)
     CROSS JOIN LATERAL (VALUES
         ('maintenance_late', 'warning',
          (report #>> '{definitions,events}')::bigint > 0
              AND coalesce((log ->> 'last_week')::date < (log ->> 'this_week')::date + 7, true),
          format('The log is not prepared for next week: %s', coalesce('its last partition is that of ' || (log ->> 'last_week'),
                                                                      'it has no partition')),
          'SELECT * FROM internal_events.maintenance();'
              || CASE WHEN maintenance LIKE 'SELECT * FROM internal_events.maintenance()%' THEN '' ELSE E'\n' || maintenance END),
         ('default_partition', 'warning',
          (log ->> 'default_week')::date < (log ->> 'this_week')::date,
          format('Events of past weeks are in the default partition: %s%s, from %s on',
                 CASE WHEN (log ->> 'default_rows_are_more')::boolean THEN 'more than ' END,
                 log ->> 'default_rows', log ->> 'default_week'),
          'SELECT * FROM internal_events.maintenance();'),
         ('partitions_overdue', 'warning',
          (log ->> 'overdue_partitions')::bigint > 0
              AND NOT EXISTS (SELECT FROM jsonb_array_elements(report -> 'readers') r
                               WHERE r.value ->> 'name' = 'forwarder' AND (r.value ->> 'unread')::bigint > 0),
          format('Weeks of the log that are older than internal_events.event_retention (%s) and have not been dropped: '
                 '%s, from %s on',
                 report #>> '{settings,event_retention}', log ->> 'overdue_partitions', log ->> 'first_week'),
          E'SELECT internal_events.rollup();\nSELECT * FROM internal_events.maintenance();')
         ) AS f (code, severity, is_so, message, remedy)
     WHERE f.is_so;
END;
COMMENT ON FUNCTION internal_events.findings_of_log(jsonb, interval) IS
    'What of a report of status() needs a hand: the partitions of the log';
