CREATE FUNCTION internal_events.import_redis_counter(redis_key text, value bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT internal_events.import_redis_key(redis_key, '{event_counters}_', convert_to(value::text, 'UTF8'));
END;
COMMENT ON FUNCTION internal_events.import_redis_counter(text, bigint) IS
    'Takes over a counter of Redis, for a week or for all time: its key and its value. True: it is here now; false: refused, '
    'with a WARNING';
GRANT EXECUTE ON FUNCTION internal_events.import_redis_counter(text, bigint) TO internal_events_admin;
