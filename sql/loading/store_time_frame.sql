CREATE FUNCTION internal_events.store_time_frame(metric_id integer, frame jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric internal_events.metric_definitions := (SELECT d FROM internal_events.metric_definitions d WHERE d.id = metric_id);
    path text := frame ->> 'key_path';
    components text[] := ARRAY(SELECT jsonb_array_elements_text(frame -> 'components'));
    kind text := coalesce(metric.instrumentation ->> 'kind', 'events');
    calculation text;
    found text;
    is_broken boolean := false;
    previous name;
BEGIN
    DELETE FROM internal_events.metric_time_frames f WHERE f.key_path = path RETURNING f.view_name INTO previous;
    INSERT INTO internal_events.metric_time_frames (key_path, metric_definition_id, time_frame, components)
    VALUES (path, metric_id, frame ->> 'time_frame', nullif(components, '{}'));
    IF metric.status = 'active' THEN
        PERFORM internal_events.check_cycle(path);
        BEGIN
            calculation := CASE WHEN metric.instrumentation IS NULL THEN internal_events.event_query(path)
                                ELSE internal_events.calculation_query(metric.instrumentation, frame ->> 'time_frame',
                                                                       metric.definition ->> 'value_type', components)
                           END;
            IF metric.instrumentation IS NOT NULL AND calculation IS NOT NULL THEN
                SELECT c.problem, c.is_broken INTO found, is_broken
                  FROM internal_events.check_metric_query(path, calculation, metric.instrumentation) c;
            END IF;
        EXCEPTION WHEN undefined_table OR invalid_schema_name THEN
            found := SQLERRM;
            is_broken := true;
        END;
        IF found IS NOT NULL THEN
            RAISE WARNING 'metric "%" cannot be calculated yet: %', path, found
                USING HINT = CASE WHEN is_broken THEN 'Create what it names, then load the definition again.'
                                  ELSE 'GRANT internal_events_reader what it reads; there is no need to load it again.' END;
        END IF;
        IF is_broken THEN
            calculation := NULL;
            UPDATE internal_events.metric_definitions d SET problem = found WHERE d.id = metric_id;
        END IF;
    END IF;
    IF calculation IS NOT NULL THEN
        UPDATE internal_events.metric_time_frames f
           SET view_name = internal_events.metric_view_name(path),
               query = CASE WHEN kind <> 'events' THEN calculation END
         WHERE f.key_path = path;
        PERFORM internal_events.create_metric_view(internal_events.metric_view_name(path), calculation,
                                                   metric.definition ->> 'description', kind);
    ELSIF previous IS NOT NULL THEN
        PERFORM internal_events.drop_metric_views(ARRAY[previous]);
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.store_time_frame(integer, jsonb) IS
    'Stores a time frame of a compiled metric definition, and makes its view where the value can be calculated';
