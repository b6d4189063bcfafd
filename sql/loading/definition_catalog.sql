-- Each name is looked up by an index, whatever the planner knows of the tables: loading the thousandth metric takes no longer
-- than loading the first.
CREATE FUNCTION internal_events.definition_catalog(yaml text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    needs jsonb := internal_events.definition_needs(yaml);
    names text[] := ARRAY(SELECT jsonb_array_elements_text(needs -> 'events'));
    paths text[] := ARRAY(SELECT jsonb_array_elements_text(needs -> 'key_paths'));
    parts text[] := ARRAY(SELECT jsonb_array_elements_text(needs -> 'components'));
    events jsonb;
    key_paths jsonb;
    metrics jsonb;
BEGIN
    -- All of them where one is unknown, here and below: the error suggests the nearest name.
    IF EXISTS (SELECT FROM unnest(names) n
                WHERE (SELECT d.id FROM internal_events.event_definitions d WHERE d.name = n) IS NULL) THEN
        names := ARRAY(SELECT d.name FROM internal_events.event_definitions d);
    END IF;
    SELECT jsonb_object_agg(d.name, jsonb_build_object('removed', d.status = 'removed',
                                                       'additional_properties', to_jsonb(d.additional_properties)))
      INTO events
      FROM unnest(names) n
     CROSS JOIN LATERAL (SELECT * FROM internal_events.event_definitions d WHERE d.name = n OFFSET 0) d;

    -- What has one of the places, or one above it; and what is below it: '/' is the character after '.'.
    SELECT jsonb_object_agg(f.key_path, d.key_path)
      INTO key_paths
      FROM (SELECT t.*
              FROM unnest(ARRAY(SELECT array_to_string((string_to_array(p, '.'))[:depth], '.')
                                  FROM unnest(paths) p, generate_subscripts(string_to_array(p, '.'), 1) depth)) place
             CROSS JOIN LATERAL (SELECT * FROM internal_events.metric_time_frames f WHERE f.key_path = place OFFSET 0) t
             UNION ALL
            SELECT t.*
              FROM unnest(paths) p
             CROSS JOIN LATERAL (SELECT * FROM internal_events.metric_time_frames f
                                  WHERE f.key_path ~>=~ (p || '.') AND f.key_path ~<~ (p || '/') OFFSET 0) t) f
     CROSS JOIN LATERAL (SELECT * FROM internal_events.metric_definitions d
                          WHERE d.id = f.metric_definition_id AND d.status <> 'removed' OFFSET 0) d;

    IF parts <> '{}' THEN
        SELECT jsonb_object_agg(r.key_path, jsonb_build_object(
                   'time_frame', r.time_frame, 'value_type', r.definition ->> 'value_type',
                   'unique', (SELECT min(e.identifier)
                                FROM internal_events.metric_rules mr
                                JOIN internal_events.rules e ON e.id = mr.rule_id
                               WHERE mr.metric_definition_id = r.metric_definition_id),
                   'counts_events', r.instrumentation IS NULL AND r.view_name IS NOT NULL))
          INTO metrics
          FROM internal_events.reported_metrics r
         WHERE r.status = 'active'
           AND (r.key_path = ANY (parts)
                OR NOT parts <@ ARRAY(SELECT m.key_path FROM internal_events.reported_metrics m
                                            WHERE m.key_path = ANY (parts)));
    END IF;
    RETURN jsonb_build_object('events', coalesce(events, '{}'), 'key_paths', coalesce(key_paths, '{}'),
                              'metrics', coalesce(metrics, '{}'));
END
$$;
COMMENT ON FUNCTION internal_events.definition_catalog(text) IS
    'The loaded events, metrics and key paths that a metric definition has to agree with';
