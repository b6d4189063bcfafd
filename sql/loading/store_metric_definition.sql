CREATE FUNCTION internal_events.store_metric_definition(compiled jsonb, path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric_id integer;
    calculation jsonb := internal_events.resolve_instrumentation(compiled);
    reported text[] := ARRAY(SELECT f ->> 'key_path' FROM jsonb_array_elements(compiled -> 'time_frames') f);
    gone name[];
BEGIN
    INSERT INTO internal_events.metric_definitions AS d (key_path, status, data_source, definition, path, instrumentation)
    VALUES (compiled ->> 'key_path', compiled ->> 'status', compiled ->> 'data_source', compiled -> 'definition', path,
            calculation)
        ON CONFLICT (key_path) DO UPDATE
       SET status = excluded.status, data_source = excluded.data_source, definition = excluded.definition,
           path = excluded.path, loaded_at = excluded.loaded_at, instrumentation = excluded.instrumentation, problem = NULL
     WHERE (d.definition, d.status, d.path, d.instrumentation)
           IS DISTINCT FROM (excluded.definition, excluded.status, excluded.path, excluded.instrumentation)
        OR d.problem IS NOT NULL OR internal_events.lacks_view(d.id)
    RETURNING d.id INTO metric_id;
    IF metric_id IS NULL THEN
        RETURN;
    END IF;

    DELETE FROM internal_events.metric_rules mr WHERE mr.metric_definition_id = metric_id;
    INSERT INTO internal_events.metric_rules (metric_definition_id, rule_id)
    SELECT DISTINCT metric_id, internal_events.store_rule(r)
      FROM jsonb_array_elements(compiled -> 'rules') r
     WHERE compiled ->> 'status' = 'active';

    WITH deleted AS (
        DELETE FROM internal_events.metric_time_frames f
         WHERE f.metric_definition_id = metric_id AND f.key_path <> ALL (reported)
               -- What is in the way of an active metric belongs to a removed one: anything else was refused before.
            OR f.metric_definition_id <> metric_id AND compiled ->> 'status' <> 'removed' AND f.key_path = ANY (reported)
        RETURNING f.view_name
    )
    SELECT array_agg(d.view_name) INTO gone FROM deleted d WHERE d.view_name IS NOT NULL;
    PERFORM internal_events.drop_metric_views(coalesce(gone, '{}'));

    PERFORM internal_events.store_time_frame(metric_id, f)
       FROM jsonb_array_elements(compiled -> 'time_frames') f
      -- A removed metric leaves its key path to whoever has it now.
      WHERE (SELECT o.metric_definition_id <> metric_id FROM internal_events.metric_time_frames o
              WHERE o.key_path = f ->> 'key_path') IS NOT TRUE;
END
$$;
COMMENT ON FUNCTION internal_events.store_metric_definition(jsonb, text) IS
    'Stores a compiled metric definition, its rules and views; the same again changes nothing, buckets always stay';
