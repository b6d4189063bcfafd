CREATE FUNCTION internal_events.find_redis_rules(
    redis_keys bytea[], OUT number bigint, OUT redis_key text, OUT rule_id integer, OUT week date, OUT status text,
    OUT reason text)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH named AS MATERIALIZED (
        SELECT k.number, internal_events.redis_key_text(k.bytes) AS name
          FROM unnest(redis_keys) WITH ORDINALITY AS k (bytes, number)
    ), divided AS MATERIALIZED (
        SELECT n.number, n.name, coalesce(m.parts[1], n.name) AS base,
               substr(coalesce(m.parts[1], n.name), strpos(n.name, '}_') + 2) || '-' AS part_of_event,
               CASE WHEN m.parts IS NULL THEN '-infinity' ELSE internal_events.iso_week_begin(m.parts[2]) END AS week
          FROM named n
          LEFT JOIN LATERAL regexp_match(n.name, '^(.*)-([0-9]{4}-[0-9]{2})$') AS m (parts) ON true
    ), found AS (
        SELECT d.number, d.name, d.base, d.week, k.rule_id, k.problem,
               CASE WHEN d.name IS NULL THEN 'it is too long, or no text in the encoding of this database'
                    WHEN d.name !~ '^\{(hll|event)_counters\}_' THEN 'it is no key of RedisHLL or of its counters'
                    WHEN d.week IS NULL THEN 'it ends in a week that does not exist'
                    -- An application may count in a time zone that is ahead of UTC.
                    WHEN d.week > internal_events.utc_day(clock_timestamp()) + 1 THEN 'it ends in a week that has not begun'
                    WHEN k.redis_key IS NOT NULL THEN NULL
                    WHEN EXISTS (SELECT FROM internal_events.event_definitions e
                                  WHERE starts_with(d.part_of_event, e.name || '-'))
                    THEN 'no metric that is loaded counts this of its event'
                    ELSE 'its event is not defined'
               END AS unknown
          FROM divided d
          LEFT JOIN internal_events.redis_keys k ON k.redis_key = d.base
    )
    SELECT f.number, f.name, f.rule_id, f.week,
           CASE WHEN f.unknown IS NOT NULL THEN 'unknown' WHEN f.problem IS NOT NULL THEN 'skipped' END,
           coalesce(f.unknown, f.problem)
      FROM found f;
END;
COMMENT ON FUNCTION internal_events.find_redis_rules(bytea[]) IS
    'The rule and week of each key of Redis; status unknown or skipped, and why, where there is no such rule';
GRANT EXECUTE ON FUNCTION internal_events.find_redis_rules(bytea[]) TO internal_events_admin;
