CREATE FUNCTION internal_events.most_refusals() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 100;
COMMENT ON FUNCTION internal_events.most_refusals() IS
    'How many events in a row a collector refuses before its address is taken for wrong';
