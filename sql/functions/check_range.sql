CREATE FUNCTION internal_events.check_range(from_day date, to_day date) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    merged date := (SELECT p.merged_through FROM internal_events.rollup_position p);
BEGIN
    IF from_day IS NULL OR to_day IS NULL OR from_day > to_day THEN
        RAISE EXCEPTION 'from_day % does not precede to_day %', coalesce(from_day::text, 'null'),
                        coalesce(to_day::text, 'null')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Both days are part of the range.';
    END IF;
    IF merged > '-infinity' AND (to_day <= merged OR (from_day <= merged AND from_day > '-infinity')) THEN
        RAISE EXCEPTION 'days up to % have been merged', merged
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = format('Ask from %s on, or from -infinity for all time. '
                                'internal_events.bucket_retention says how long days are kept apart.', merged + 1);
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.check_range(date, date) IS
    'An error where a range of days is empty or cannot be told from the days before it';
