CREATE FUNCTION internal_events.remove_instrumentation(instrumentation_class text, options jsonb DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on
AS $$
BEGIN
    DELETE FROM internal_events.instrumentations i
     WHERE i.instrumentation_class = remove_instrumentation.instrumentation_class
       AND i.options = coalesce(remove_instrumentation.options, 'null');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM internal_events.recompile_metrics(instrumentation_class);
    RETURN true;
END
$$;
COMMENT ON FUNCTION internal_events.remove_instrumentation(text, jsonb) IS
    'Takes back load_instrumentation(): metrics of the class have no value any more; false where there was none';
GRANT EXECUTE ON FUNCTION internal_events.remove_instrumentation(text, jsonb) TO internal_events_admin;
