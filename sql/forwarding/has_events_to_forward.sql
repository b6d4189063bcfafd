CREATE FUNCTION internal_events.has_events_to_forward(partition regclass) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT (internal_events.forwarding_is_on() OR EXISTS (SELECT FROM internal_events.readers r WHERE r.name = 'forwarder'))
           AND internal_events.has_unread_events(has_events_to_forward.partition, 'forwarder');
END;
COMMENT ON FUNCTION internal_events.has_events_to_forward(regclass) IS
    'Whether the forwarder, where there is one, has not read all of a partition of the log';
