CREATE FUNCTION internal_events.take_over_redis_counter(
    rule_id integer, week date, redis_key text, content bytea, is_dry_run boolean, OUT status text, OUT reason text)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known internal_events.redis_imports;
    value bigint;
    before record;
    after record;
BEGIN
    -- No event is counted 10^15 times, and what is smaller adds up without leaving the range of bigint.
    IF encode(content, 'escape') !~ '^[0-9]{1,15}$' THEN
        status := 'damaged';
        reason := 'it holds no count: digits, at most 15 of them';
        RETURN;
    END IF;
    value := encode(content, 'escape')::bigint;
    SELECT i.* INTO known
      FROM internal_events.redis_imports i
     WHERE i.rule_id = take_over_redis_counter.rule_id AND i.week = take_over_redis_counter.week;
    IF known.redis_key <> redis_key THEN
        status := 'skipped';
        reason := 'another key of the same rule was taken over before';
    ELSIF value < known.value THEN
        status := 'skipped';
        reason := 'more than that was taken over before, and a counter does not shrink';
    ELSIF value = known.value THEN
        status := 'present';
    ELSE
        status := 'imported';
    END IF;
    IF status <> 'imported' OR is_dry_run THEN
        RETURN;
    END IF;
    before := internal_events.redis_total(rule_id);
    INSERT INTO internal_events.redis_imports AS i (rule_id, week, redis_key, value)
    VALUES (rule_id, week, redis_key, value)
        ON CONFLICT ON CONSTRAINT redis_imports_pkey DO UPDATE SET value = excluded.value, imported_at = excluded.imported_at;
    after := internal_events.redis_total(rule_id);
    -- Weeks are part of what Redis counts for all time, so only the rest of that is added, in whatever order they come.
    PERFORM internal_events.add_redis_count(rule_id, internal_events.redis_bucket_day(week), after.of_weeks - before.of_weeks),
            internal_events.add_redis_count(rule_id, '-infinity', after.of_rest - before.of_rest);
END
$$;
COMMENT ON FUNCTION internal_events.take_over_redis_counter(integer, date, text, bytea, boolean) IS
    'Part of take_over_redis_keys(): counts what a counter of Redis has and was not taken over yet';
