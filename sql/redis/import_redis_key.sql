CREATE FUNCTION internal_events.import_redis_key(redis_key text, prefix text, content bytea) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    status text;
    reason text;
BEGIN
    IF redis_key IS NULL THEN
        reason := 'it is null';
    ELSIF content IS NULL THEN
        reason := 'its value is null';
    ELSIF NOT starts_with(redis_key, prefix) THEN
        reason := 'it does not begin with ' || prefix;
    ELSE
        SELECT t.status, t.reason INTO status, reason
          FROM internal_events.take_over_redis_keys(ARRAY[convert_to(redis_key, 'UTF8')], ARRAY[content], false) t;
    END IF;
    IF status = 'damaged' THEN
        RAISE EXCEPTION 'the value of Redis key "%" is damaged: %', left(redis_key, 200), reason
            USING ERRCODE = 'invalid_binary_representation', HINT = 'Pass what GET returns, all of it.';
    ELSIF status IN ('imported', 'present') THEN
        RETURN true;
    END IF;
    RAISE WARNING 'Redis key "%" was not taken over: %', left(redis_key, 200), reason
        USING HINT = 'internal_events.redis_keys lists the keys that are known, without the week.';
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.import_redis_key(text, text, bytea) IS
    'Part of import_redis_hll() and import_redis_counter()';
