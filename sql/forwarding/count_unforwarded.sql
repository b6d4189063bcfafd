CREATE FUNCTION internal_events.count_unforwarded(partition regclass) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT count(*)
      FROM internal_events.waiting_events e
      -- A partition is the rows of its time.
      JOIN internal_events.partition_weeks() w ON w.partition = count_unforwarded.partition
     WHERE (internal_events.forwarding_is_on() OR EXISTS (SELECT FROM internal_events.readers r WHERE r.name = 'forwarder'))
       AND e.tracked_at >= w.monday::timestamp AT TIME ZONE 'UTC'
       AND e.tracked_at < (w.monday + 7)::timestamp AT TIME ZONE 'UTC';
END;
COMMENT ON FUNCTION internal_events.count_unforwarded(regclass) IS
    'How many events of a partition should still be forwarded to Snowplow; 0 where nothing ever was forwarded, nor is to be';
