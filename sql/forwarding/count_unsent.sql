CREATE FUNCTION internal_events.count_unsent(partition regclass) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT count(*)
      FROM internal_events.unforwarded_events u
      LEFT JOIN internal_events.forwarding_eligibility e ON e.event_definition_id = u.event_definition_id
      -- A partition is the rows of its time.
      JOIN internal_events.partition_weeks() w ON w.partition = count_unsent.partition
     WHERE u.send_to_snowplow AND e.is_eligible IS NOT FALSE
       AND u.tracked_at >= w.monday::timestamp AT TIME ZONE 'UTC'
       AND u.tracked_at < (w.monday + 7)::timestamp AT TIME ZONE 'UTC';
END;
COMMENT ON FUNCTION internal_events.count_unsent(regclass) IS
    'How many events of a partition should still be forwarded to Snowplow';
