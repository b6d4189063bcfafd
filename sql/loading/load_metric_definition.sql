CREATE FUNCTION internal_events.load_metric_definition(
    yaml text, path text DEFAULT NULL, strict boolean DEFAULT false, count_retained boolean DEFAULT true)
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
DECLARE
    compiled jsonb := internal_events.checked_definition('metric', yaml, path, strict);
BEGIN
    PERFORM internal_events.store_metric_definition(compiled, path);
    IF count_retained THEN
        PERFORM internal_events.count_retained();
    END IF;
    RETURN QUERY SELECT f ->> 'key_path' FROM jsonb_array_elements(compiled -> 'time_frames') f;
END
$$;
COMMENT ON FUNCTION internal_events.load_metric_definition(text, text, boolean, boolean) IS
    'Checks and stores a metric definition and makes its views; returns its key paths, one a time frame. '
    'count_retained: events that the log still has count, which takes a look at all of it where a rule is new';
GRANT EXECUTE ON FUNCTION internal_events.load_metric_definition(text, text, boolean, boolean) TO internal_events_admin;
