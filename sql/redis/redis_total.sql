CREATE FUNCTION internal_events.redis_total(rule_id integer, OUT of_weeks bigint, OUT of_rest bigint) RETURNS record
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT t.weeks, greatest(t.all_time - t.weeks, 0)
      FROM (SELECT coalesce(sum(i.value) FILTER (WHERE i.week > '-infinity'), 0)::bigint AS weeks,
                   coalesce(sum(i.value) FILTER (WHERE i.week = '-infinity'), 0)::bigint AS all_time
              FROM internal_events.redis_imports i
             WHERE i.rule_id = redis_total.rule_id) t;
END;
COMMENT ON FUNCTION internal_events.redis_total(integer) IS
    'What a rule has got from counters of Redis: their weeks together, and what the counter for all time has above these';
