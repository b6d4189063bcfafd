CREATE FUNCTION internal_events.add_redis_count(rule_id integer, day date, amount bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO internal_events.buckets AS b (rule_id, day, total)
    SELECT add_redis_count.rule_id, add_redis_count.day, amount
     WHERE amount <> 0
        ON CONFLICT ON CONSTRAINT buckets_pkey DO UPDATE SET total = b.total + excluded.total;
END;
COMMENT ON FUNCTION internal_events.add_redis_count(integer, date, bigint) IS
    'Part of take_over_redis_counter(): adds to what a rule has of a day';
