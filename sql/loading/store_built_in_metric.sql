CREATE FUNCTION internal_events.store_built_in_metric(yaml text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    compiled jsonb := internal_events.checked_definition('metric', yaml, NULL, true);
    name name := compiled ->> 'key_path';
    calculation text := internal_events.calculation_query(
        compiled -> 'instrumentation', 'none', compiled -> 'definition' ->> 'value_type', NULL);
BEGIN
    DELETE FROM internal_events.built_in_metrics b WHERE b.key_path = compiled ->> 'key_path';
    INSERT INTO internal_events.built_in_metrics
           (key_path, time_frame, data_source, definition, instrumentation, query, view_name)
    VALUES (compiled ->> 'key_path', 'none', compiled ->> 'data_source', compiled -> 'definition', compiled -> 'instrumentation',
            calculation, name);
    PERFORM internal_events.create_metric_view(name, calculation, compiled -> 'definition' ->> 'description',
                                               compiled -> 'instrumentation' ->> 'kind');
END
$$;
COMMENT ON FUNCTION internal_events.store_built_in_metric(text) IS
    'Stores a metric of definitions/built_in; called by CREATE EXTENSION alone';
