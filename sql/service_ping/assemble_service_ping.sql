CREATE FUNCTION internal_events.assemble_service_ping(
    measurements internal_events.service_ping_measurements[], OUT payload json, OUT metadata json)
RETURNS record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(internal_events.nest_key_paths(
                        array_agg(m.key_path),
                        array_agg(coalesce(m.value,
                                           CASE WHEN m.status IN ('error', 'timeout')
                                                THEN coalesce(internal_events.setting('failed_metric_value'), 'null')
                                                ELSE 'null'
                                           END::jsonb))),
                    '{}'),
           json_build_object(
               'uuid', internal_events.instance_uuid(),
               'metrics', coalesce(json_agg(json_strip_nulls(json_build_object(
                   'name', m.key_path, 'time_elapsed', round(m.elapsed::numeric, 6), 'status', m.status,
                   'sqlstate', m.sqlstate, 'standard_error', m.standard_error)) ORDER BY m.key_path COLLATE "C"), '[]'))
      FROM unnest(measurements) m;
END;
COMMENT ON FUNCTION internal_events.assemble_service_ping(internal_events.service_ping_measurements[]) IS
    'Payload and metadata of a Service Ping whose metrics are measured';
