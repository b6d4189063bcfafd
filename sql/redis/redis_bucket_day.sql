CREATE FUNCTION internal_events.redis_bucket_day(week date) RETURNS date
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN week > p.merged_through THEN week ELSE '-infinity' END FROM internal_events.rollup_position p;
END;
COMMENT ON FUNCTION internal_events.redis_bucket_day(date) IS
    'The day of the bucket that holds what Redis counted in a week: its Monday, or -infinity where that has been merged';
