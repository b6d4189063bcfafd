CREATE FUNCTION internal_events.begin_service_ping(force boolean, OUT id bigint, OUT is_ours boolean) RETURNS record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this_week date := internal_events.monday(internal_events.as_of());
    ping internal_events.service_pings;
BEGIN
    is_ours := false;
    IF internal_events.setting('service_ping_building') = 'off' THEN
        RETURN;
    END IF;
    -- Whoever comes second waits here, and finds the ping of the first.
    LOCK TABLE internal_events.service_pings IN SHARE ROW EXCLUSIVE MODE;
    PERFORM internal_events.fail_service_ping(p.id, '57P01', 'its week ended before it was built')
       FROM internal_events.service_pings p
      WHERE p.status = 'building' AND p.week < this_week AND internal_events.session_is_gone(p.backend_pid, p.backend_start);
    -- A forced one is never the ping of the week, but one that somebody left unfinished is gone on with.
    SELECT * INTO ping
      FROM internal_events.service_pings p
     WHERE p.week = this_week
       AND CASE WHEN force
                THEN p.forced AND p.status = 'building' AND internal_events.session_is_gone(p.backend_pid, p.backend_start)
                ELSE p.sqlstate IS NULL
           END
     ORDER BY p.forced, p.id
     LIMIT 1;
    id := ping.id;
    IF ping.id IS NULL THEN
        INSERT INTO internal_events.service_pings AS p (recorded_at, status, week, as_of, moment, forced, uuid)
        VALUES (clock_timestamp(), 'building', this_week, internal_events.as_of(), internal_events.moment(), force,
                internal_events.instance_uuid())
        RETURNING p.id INTO id;
        INSERT INTO internal_events.service_ping_measurements (ping_id, position, key_path, time_frame, kind, value_type, query)
        SELECT begin_service_ping.id, p.position, p.key_path, p.time_frame, p.kind, p.value_type, p.query
          FROM internal_events.service_ping_plan p;
        UPDATE internal_events.service_ping_measurements m
           SET status = 'ok', value = to_jsonb(internal_events.iso_8601(p.recorded_at))
          FROM internal_events.service_pings p, internal_events.built_in_metrics b
         WHERE p.id = begin_service_ping.id AND m.ping_id = p.id AND m.key_path = 'recorded_at'
           AND b.key_path = m.key_path AND b.query = m.query;
    ELSIF ping.status <> 'building' THEN
        RETURN;
    ELSIF NOT internal_events.session_is_gone(ping.backend_pid, ping.backend_start) THEN
        RAISE NOTICE 'Service Ping % is being built by process %', ping.id, ping.backend_pid;
        RETURN;
    END IF;
    is_ours := true;
    UPDATE internal_events.service_pings p
       SET backend_pid = pg_backend_pid(), backend_start = internal_events.session_start(pg_backend_pid())
     WHERE p.id = begin_service_ping.id;
END
$$;
COMMENT ON FUNCTION internal_events.begin_service_ping(boolean) IS
    'The Service Ping of this week, begun where there is none; is_ours: the caller is to build it, or to go on building it';
GRANT EXECUTE ON FUNCTION internal_events.begin_service_ping(boolean) TO internal_events_admin;
