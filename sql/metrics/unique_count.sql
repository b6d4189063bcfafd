CREATE FUNCTION internal_events.unique_count(
    event_name text, identifier text, from_day date, to_day date, filter jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET jit = off
    SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    wanted integer;
BEGIN
    IF identifier IS NULL THEN
        RAISE EXCEPTION 'identifier is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Name what is counted once, such as user.id; total_count() counts events.';
    END IF;
    PERFORM internal_events.check_range(from_day, to_day);
    wanted := internal_events.rule_id(event_name, identifier, filter);
    RETURN (SELECT round(coalesce(internal_events.uniques(b.sketch), 0))::bigint
              FROM internal_events.bucket_values b
             WHERE b.rule_id = wanted AND b.day BETWEEN from_day AND to_day);
END
$$;
COMMENT ON FUNCTION internal_events.unique_count(text, text, date, date, jsonb) IS
    'How many different values of an identifier (user.id, label ...) an event had in a range of days, both inclusive';
GRANT EXECUTE ON FUNCTION internal_events.unique_count(text, text, date, date, jsonb)
    TO internal_events_reader, internal_events_admin;
