CREATE FUNCTION internal_events.event_history(days integer DEFAULT 28)
RETURNS TABLE (event_name text, day date, total bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
    WITH counted AS (
        SELECT r.event_definition_id, b.day, sum(b.total)::bigint AS total
          FROM internal_events.rules r
          JOIN internal_events.bucket_values b
            ON b.rule_id = r.id AND b.day BETWEEN internal_events.as_of() - days + 1 AND internal_events.as_of()
         WHERE r.is_plain_total
         GROUP BY r.event_definition_id, b.day
    )
    SELECT e.name, d.day, CASE WHEN d.day > p.merged_through THEN coalesce(c.total, 0) END
      FROM internal_events.event_definitions e
     CROSS JOIN internal_events.rollup_position p
     CROSS JOIN (SELECT internal_events.as_of() - days + n AS day FROM generate_series(1, days) n) d
      LEFT JOIN counted c ON c.event_definition_id = e.id AND c.day = d.day;
END;
COMMENT ON FUNCTION internal_events.event_history(integer) IS
    'How often every event was tracked on each of the last days, today included; null where days have been merged';
GRANT EXECUTE ON FUNCTION internal_events.event_history(integer) TO internal_events_reader, internal_events_admin;
