CREATE FUNCTION internal_events.status_of_service_pings() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object(
               'last', (SELECT jsonb_build_object(
                                   'id', p.id, 'week', p.week, 'forced', p.forced, 'status', p.status,
                                   'recorded_at', p.recorded_at,
                                   'seconds_since_recorded', extract(epoch FROM clock_timestamp() - p.recorded_at)::bigint,
                                   'attempts', p.attempts, 'next_attempt_at', p.next_attempt_at, 'sent_at', p.sent_at,
                                   'last_error', p.last_error,
                                   'is_abandoned', p.status = 'building'
                                       AND internal_events.session_is_gone(p.backend_pid, p.backend_start),
                                   'failed_metrics', (SELECT count(*) FROM internal_events.service_ping_measurements m
                                                       WHERE m.ping_id = p.id AND m.status IN ('error', 'timeout')))
                          FROM internal_events.service_pings p ORDER BY p.id DESC LIMIT 1),
               'this_week', (SELECT max(p.week) FROM internal_events.service_pings p WHERE p.sqlstate IS NULL)
                            >= internal_events.monday(internal_events.utc_day(clock_timestamp())),
               'last_week', EXISTS (SELECT FROM internal_events.service_pings p
                                     WHERE p.week = internal_events.monday(internal_events.utc_day(clock_timestamp())) - 7
                                       AND p.sqlstate IS NULL),
               'installed_at', (SELECT min(i.created_at) FROM internal_events.instance i),
               'waiting', coalesce(jsonb_agg(jsonb_build_object(
                   'id', w.id, 'attempts', w.attempts, 'is_abandoned', w.is_abandoned,
                   'next_attempt_at', w.next_attempt_at, 'last_error', w.error,
                   'seconds_overdue', greatest(extract(epoch FROM clock_timestamp() - w.next_attempt_at)::bigint, 0))
                   ORDER BY w.id), '[]'))
      FROM (SELECT p.id, p.attempts, p.next_attempt_at, p.status = 'sending' AS is_abandoned,
                   (SELECT a.error FROM internal_events.service_ping_attempts a
                     WHERE a.ping_id = p.id ORDER BY a.attempt DESC LIMIT 1) AS error
              FROM internal_events.service_pings p
             WHERE (p.status IN ('built', 'failed') AND p.sent_at IS NULL
                    OR p.status = 'sending' AND internal_events.session_is_gone(p.backend_pid, p.backend_start))
               AND internal_events.service_ping_is_sent()
             ORDER BY p.id DESC LIMIT 100) w;
END;
COMMENT ON FUNCTION internal_events.status_of_service_pings() IS
    'Service Pings for status(): the last one, and what waits to be sent';
