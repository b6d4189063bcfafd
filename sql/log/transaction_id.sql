-- Ids whose lower 32 bits are 0, 1 or 2 are never given to a transaction, and a snapshot may not end in the first of them.
CREATE FUNCTION internal_events.transaction_id(id bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN id + CASE WHEN id % (1::bigint << 32) < 3 THEN 3 - id % (1::bigint << 32) ELSE 0 END;
COMMENT ON FUNCTION internal_events.transaction_id(bigint) IS 'The first id that a transaction can have, from one on';
