CREATE FUNCTION internal_events.import_redis_hll(redis_key text, value bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT internal_events.import_redis_key(redis_key, '{hll_counters}_', value);
END;
COMMENT ON FUNCTION internal_events.import_redis_hll(text, bytea) IS
    'Takes over a sketch of RedisHLL, register by register: its key and the bytes that GET returns. True: it is here now; '
    'false: refused, with a WARNING';
GRANT EXECUTE ON FUNCTION internal_events.import_redis_hll(text, bytea) TO internal_events_admin;
