CREATE FUNCTION internal_events.read_redis_hll(value bytea, OUT sketch @hll@.hll, OUT fault text) RETURNS record
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_read_redis_hll';
COMMENT ON FUNCTION internal_events.read_redis_hll(bytea) IS
    'The sketch that the bytes of a HyperLogLog of Redis are, register by register; or what is wrong with them';
