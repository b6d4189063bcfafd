CREATE FUNCTION internal_events.keys_fault(object jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN count(*) > 1000 THEN 'the value has more than 1,000 keys' END FROM jsonb_object_keys(object);
END;
COMMENT ON FUNCTION internal_events.keys_fault(jsonb) IS
    'Whether an object has too many keys for a value, in words; null: it has not';
