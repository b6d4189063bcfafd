CREATE FUNCTION internal_events.check_consistency(
    OUT event_name text, OUT tracked bigint, OUT rolled_up bigint, OUT unread bigint, OUT ok boolean)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH logged AS (
        SELECT e.event_definition_id, count(*) AS events FROM internal_events.events e GROUP BY e.event_definition_id
    ), tail AS (
        SELECT u.event_definition_id, count(*) AS events FROM internal_events.unread_events u GROUP BY u.event_definition_id
    ), imported AS (
        -- What Redis counts for all time includes its weeks.
        SELECT i.rule_id, greatest(sum(i.value) FILTER (WHERE i.week = '-infinity'),
                                   sum(i.value) FILTER (WHERE i.week > '-infinity')) AS events
          FROM internal_events.redis_imports i
         GROUP BY i.rule_id
    ), rolled AS (
        SELECT r.event_definition_id, (sum(b.total) - coalesce(max(i.events), 0))::bigint AS events
          FROM internal_events.buckets b
          JOIN internal_events.rules r ON r.id = b.rule_id
          LEFT JOIN imported i ON i.rule_id = r.id
         WHERE r.is_plain_total
         GROUP BY r.event_definition_id
    )
    SELECT d.name, n.tracked, n.rolled_up, n.unread, n.tracked = n.rolled_up + n.unread
      FROM internal_events.event_definitions d
      LEFT JOIN logged ON logged.event_definition_id = d.id
      LEFT JOIN tail ON tail.event_definition_id = d.id
      LEFT JOIN rolled ON rolled.event_definition_id = d.id
      LEFT JOIN internal_events.dropped_events dropped ON dropped.event_definition_id = d.id
     CROSS JOIN LATERAL (SELECT coalesce(logged.events, 0) + coalesce(dropped.events, 0) AS tracked,
                                coalesce(rolled.events, 0) AS rolled_up,
                                coalesce(tail.events, 0) AS unread) n
     ORDER BY d.name;
END;
COMMENT ON FUNCTION internal_events.check_consistency() IS
    'The proof that every event is counted exactly once: tracked = rolled_up + unread, in one snapshot, by event; '
    'what was taken over from Redis is in neither';
GRANT EXECUTE ON FUNCTION internal_events.check_consistency() TO internal_events_admin;
