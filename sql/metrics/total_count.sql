CREATE FUNCTION internal_events.total_count(event_name text, from_day date, to_day date, filter jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    wanted integer;
BEGIN
    PERFORM internal_events.check_range(from_day, to_day);
    wanted := internal_events.rule_id(event_name, NULL, filter);
    RETURN (SELECT coalesce(sum(b.total), 0)
              FROM internal_events.bucket_values b
             WHERE b.rule_id = wanted AND b.day BETWEEN from_day AND to_day);
END
$$;
COMMENT ON FUNCTION internal_events.total_count(text, date, date, jsonb) IS
    'How often an event was tracked in a range of days, both inclusive';
GRANT EXECUTE ON FUNCTION internal_events.total_count(text, date, date, jsonb) TO internal_events_reader, internal_events_admin;
