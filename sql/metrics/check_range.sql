CREATE FUNCTION internal_events.check_range(from_day date, to_day date) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    merged date := (SELECT p.merged_through FROM internal_events.rollup_position p);
BEGIN
    IF from_day IS NULL OR to_day IS NULL THEN
        RAISE EXCEPTION '% is null', CASE WHEN from_day IS NULL THEN 'from_day' ELSE 'to_day' END
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Name a day, or -infinity and infinity for all time.';
    END IF;
    IF from_day > to_day THEN
        RAISE EXCEPTION 'from_day % lies after to_day %', from_day, to_day
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
