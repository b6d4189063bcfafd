CREATE FUNCTION internal_events.pages_per_range() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 64;
COMMENT ON FUNCTION internal_events.pages_per_range() IS 'How many pages an index of the log summarizes together';
