CREATE FUNCTION internal_events.take_over_redis_keys(
    redis_keys bytea[], contents bytea[], is_dry_run boolean, OUT number bigint, OUT status text, OUT reason text)
RETURNS SETOF record
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found record;
BEGIN
    IF NOT is_dry_run THEN
        -- A rollup or a merge beside it would change the same buckets.
        IF NOT internal_events.lock_reader('rollup', wait => true) THEN
            RAISE EXCEPTION 'a dump is being restored into this database'
                USING ERRCODE = 'object_in_use', HINT = 'Take over what Redis has when that is done.';
        END IF;
        -- What the log has for a new rule makes new buckets, so it comes first.
        PERFORM internal_events.count_retained();
    END IF;
    FOR found IN
        SELECT f.*, r.identifier IS NOT NULL AS is_unique
          FROM internal_events.find_redis_rules(redis_keys) f
          LEFT JOIN internal_events.rules r ON r.id = f.rule_id
         ORDER BY f.number
    LOOP
        number := found.number;
        status := found.status;
        reason := found.reason;
        IF status IS NULL AND contents[number] IS NULL THEN
            status := 'damaged';
            reason := 'it has no value';
        ELSIF status IS NULL AND found.is_unique THEN
            SELECT t.status, t.reason INTO status, reason
              FROM internal_events.take_over_redis_sketch(
                       found.rule_id, found.week, found.redis_key, contents[number], is_dry_run) t;
        ELSIF status IS NULL THEN
            SELECT t.status, t.reason INTO status, reason
              FROM internal_events.take_over_redis_counter(
                       found.rule_id, found.week, found.redis_key, contents[number], is_dry_run) t;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.take_over_redis_keys(bytea[], bytea[], boolean) IS
    'Takes over keys of Redis with their contents, as GET returns them: imported, present (was taken over before), skipped, '
    'unknown or damaged, and why. A dry run says so and changes nothing';
GRANT EXECUTE ON FUNCTION internal_events.take_over_redis_keys(bytea[], bytea[], boolean) TO internal_events_admin;
