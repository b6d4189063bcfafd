CREATE FUNCTION internal_events.definition_catalog(yaml text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH needs AS MATERIALIZED (
        SELECT internal_events.definition_needs(yaml) AS n
    ), needed_events AS (
        SELECT array_agg(e.name) AS names, bool_or(d.id IS NULL) AS unknown
          FROM needs
         CROSS JOIN LATERAL jsonb_array_elements_text(n -> 'events') AS e (name)
          LEFT JOIN internal_events.event_definitions d ON d.name = e.name
    ), events AS (
        -- All of them where one is unknown: the error suggests the nearest name.
        SELECT d.name, jsonb_build_object('removed', d.status = 'removed',
                                          'additional_properties', to_jsonb(d.additional_properties)) AS event
          FROM needed_events needed
          JOIN internal_events.event_definitions d ON d.name = ANY (needed.names) OR needed.unknown
    ), key_paths AS (
        SELECT f.key_path, d.key_path AS written
          FROM needs
         CROSS JOIN LATERAL jsonb_array_elements_text(n -> 'key_paths') AS needed (key_path)
          JOIN internal_events.metric_time_frames f
            ON f.key_path ^@ (needed.key_path || '.') OR needed.key_path = f.key_path
            OR needed.key_path ^@ (f.key_path || '.')
          JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id
         WHERE d.status <> 'removed'
    ), needed_components AS (
        SELECT array_agg(c.key_path) AS key_paths, bool_or(r.key_path IS NULL) AS unknown
          FROM needs
         CROSS JOIN LATERAL jsonb_array_elements_text(n -> 'components') AS c (key_path)
          LEFT JOIN internal_events.reported_metrics r ON r.key_path = c.key_path
    ), metrics AS (
        -- All of them where one is unknown, for the same reason.
        SELECT r.key_path,
               jsonb_build_object(
                   'time_frame', r.time_frame, 'value_type', r.definition ->> 'value_type',
                   'unique', (SELECT min(e.identifier)
                                FROM internal_events.metric_rules mr
                                JOIN internal_events.rules e ON e.id = mr.rule_id
                               WHERE mr.metric_definition_id = r.metric_definition_id),
                   'counts_events', r.instrumentation IS NULL AND r.view_name IS NOT NULL) AS metric
          FROM needed_components needed
          JOIN internal_events.reported_metrics r
            ON r.status = 'active' AND (r.key_path = ANY (needed.key_paths) OR needed.unknown)
    )
    SELECT jsonb_build_object(
               'metrics', coalesce((SELECT jsonb_object_agg(m.key_path, m.metric) FROM metrics m), '{}'),
               'events', coalesce((SELECT jsonb_object_agg(e.name, e.event) FROM events e), '{}'),
               'key_paths', coalesce((SELECT jsonb_object_agg(k.key_path, k.written) FROM key_paths k), '{}'));
END;
COMMENT ON FUNCTION internal_events.definition_catalog(text) IS
    'The loaded events, metrics and key paths that a metric definition has to agree with';
