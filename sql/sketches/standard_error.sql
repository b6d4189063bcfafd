CREATE FUNCTION internal_events.standard_error() RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 0.0081;
COMMENT ON FUNCTION internal_events.standard_error() IS
    'Of a number of distinct elements, relative to it: that of 16,384 registers; a sketch that is a list of them is exact';
GRANT EXECUTE ON FUNCTION internal_events.standard_error() TO internal_events_reader, internal_events_admin;
