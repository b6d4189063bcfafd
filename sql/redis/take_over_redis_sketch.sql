CREATE FUNCTION internal_events.take_over_redis_sketch(
    rule_id integer, week date, redis_key text, content bytea, is_dry_run boolean, OUT status text, OUT reason text)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- The header holds what PFCOUNT found last, which changes nothing.
    body_digest bytea := sha256(substr(content, 17));
    taken record;
BEGIN
    IF EXISTS (SELECT FROM internal_events.redis_imports i
                WHERE i.rule_id = take_over_redis_sketch.rule_id AND i.week = take_over_redis_sketch.week
                  AND i.redis_key = take_over_redis_sketch.redis_key AND i.digest = body_digest) THEN
        status := 'present';
        RETURN;
    END IF;
    SELECT * INTO taken FROM internal_events.read_redis_hll(content);
    IF taken.fault IS NOT NULL THEN
        status := 'damaged';
        reason := taken.fault;
        RETURN;
    END IF;
    status := 'imported';
    IF NOT is_dry_run THEN
        INSERT INTO internal_events.buckets AS b (rule_id, day, sketch)
        VALUES (rule_id, internal_events.redis_bucket_day(week), taken.sketch)
            ON CONFLICT ON CONSTRAINT buckets_pkey DO UPDATE
           SET sketch = internal_events.union_keeping(b.sketch, excluded.sketch);
        INSERT INTO internal_events.redis_imports AS i (rule_id, week, redis_key, digest)
        VALUES (rule_id, week, redis_key, body_digest)
            ON CONFLICT ON CONSTRAINT redis_imports_pkey DO UPDATE
           SET digest = excluded.digest, imported_at = excluded.imported_at;
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.take_over_redis_sketch(integer, date, text, bytea, boolean) IS
    'Part of take_over_redis_keys(): unites a sketch of Redis with what a rule has of a week';
