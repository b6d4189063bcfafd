CREATE FUNCTION internal_events.status_of_definitions() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object(
               'events', (SELECT count(*) FROM internal_events.event_definitions d WHERE d.status = 'active'),
               'metrics', (SELECT jsonb_object_agg(s.status, s.metrics)
                             FROM (SELECT m.status, count(*) AS metrics FROM internal_events.metrics m GROUP BY m.status) s),
               'not_available', (SELECT coalesce(jsonb_agg(jsonb_build_object('key_path', d.key_path, 'problem', d.problem)
                                                           ORDER BY d.key_path), '[]')
                                   FROM internal_events.metric_definitions d
                                  WHERE d.status = 'active' AND d.problem IS NOT NULL),
               'without_view', (SELECT coalesce(jsonb_agg(d.key_path ORDER BY d.key_path), '[]')
                                  FROM internal_events.metric_definitions d
                                 WHERE internal_events.lacks_view(d.id)));
END;
COMMENT ON FUNCTION internal_events.status_of_definitions() IS
    'Definitions for status(): how many, and metrics that cannot be read';
