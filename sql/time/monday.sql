CREATE FUNCTION internal_events.monday(day date) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN day - (extract(isodow FROM day)::integer - 1);
COMMENT ON FUNCTION internal_events.monday(date) IS
    'The first day of the ISO week that a day lies in; computed with dates alone, as week numbers break where years change';
GRANT EXECUTE ON FUNCTION internal_events.monday(date) TO internal_events_reader, internal_events_admin, internal_events_metrics;
