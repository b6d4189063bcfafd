CREATE FUNCTION internal_events.redis_key_text(redis_key bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- No label is as long as that.
    RETURN CASE WHEN octet_length(redis_key) <= 8192 THEN convert_from(redis_key, 'UTF8') END;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION internal_events.redis_key_text(bytea) IS
    'A key of Redis as text; null where it is none in the encoding of this database, or too long to be one of RedisHLL';
