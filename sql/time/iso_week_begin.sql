CREATE FUNCTION internal_events.iso_week_begin(week text) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    -- The first week of a year is the one that 4 January lies in, and a week is of the year that its Thursday lies in. Nobody
    -- counted in Redis before 2009.
    SELECT CASE WHEN extract(year FROM m.monday + 3) = left(week, 4)::integer THEN m.monday END
      FROM (SELECT internal_events.monday(make_date(greatest(left(week, 4)::integer, 2009), 1, 4))
                       + 7 * (right(week, 2)::integer - 1)) AS m (monday);
END;
COMMENT ON FUNCTION internal_events.iso_week_begin(text) IS
    'The Monday of an ISO week that is written as 2020-53; null where the year has no such week';
