CREATE FUNCTION internal_events.store_metric_definition(compiled jsonb, path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    metric_id integer;
    has_value boolean := compiled ->> 'status' = 'active' AND compiled ->> 'data_source' = 'internal_events';
    gone name[];
BEGIN
    INSERT INTO internal_events.metric_definitions AS d (key_path, status, data_source, definition, path)
    VALUES (compiled ->> 'key_path', compiled ->> 'status', compiled ->> 'data_source', compiled -> 'definition', path)
        ON CONFLICT (key_path) DO UPDATE
       SET status = excluded.status, data_source = excluded.data_source, definition = excluded.definition,
           path = excluded.path, loaded_at = excluded.loaded_at
     WHERE (d.definition, d.status, d.path) IS DISTINCT FROM (excluded.definition, excluded.status, excluded.path)
    RETURNING d.id INTO metric_id;
    IF metric_id IS NULL THEN
        RETURN;
    END IF;

    DELETE FROM internal_events.metric_rules mr WHERE mr.metric_definition_id = metric_id;
    INSERT INTO internal_events.metric_rules (metric_definition_id, rule_id)
    SELECT DISTINCT metric_id, internal_events.store_rule(r)
      FROM jsonb_array_elements(compiled -> 'rules') r
     WHERE has_value;

    WITH reported AS (
        SELECT f.key_path, f.time_frame
          FROM jsonb_to_recordset(compiled -> 'time_frames') AS f (key_path text, time_frame text)
    ), deleted AS (
        DELETE FROM internal_events.metric_time_frames f
         WHERE f.metric_definition_id = metric_id
               -- What is in the way of an active metric belongs to a removed one: anything else was refused before.
            OR (compiled ->> 'status' <> 'removed' AND f.key_path IN (SELECT r.key_path FROM reported r))
        RETURNING f.view_name
    )
    SELECT array_agg(d.view_name) INTO gone
      FROM deleted d
     WHERE d.view_name IS NOT NULL
       AND NOT (has_value AND d.view_name IN (SELECT internal_events.metric_view_name(r.key_path) FROM reported r));
    PERFORM internal_events.drop_metric_views(coalesce(gone, '{}'));

    INSERT INTO internal_events.metric_time_frames (key_path, metric_definition_id, time_frame, view_name)
    SELECT f.key_path, metric_id, f.time_frame,
           CASE WHEN has_value THEN internal_events.metric_view_name(f.key_path) END
      FROM jsonb_to_recordset(compiled -> 'time_frames') AS f (key_path text, time_frame text)
        ON CONFLICT (key_path) DO NOTHING;
    PERFORM internal_events.create_metric_view(f.key_path)
       FROM internal_events.metric_time_frames f
      WHERE f.metric_definition_id = metric_id AND has_value;
END
$$;
COMMENT ON FUNCTION internal_events.store_metric_definition(jsonb, text) IS
    'Stores a compiled metric definition, its rules and views; the same again changes nothing, buckets always stay';
