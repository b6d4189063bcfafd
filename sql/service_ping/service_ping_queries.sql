CREATE FUNCTION internal_events.service_ping_queries() RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(internal_events.nest_key_paths(
                        array_agg(p.key_path),
                        array_agg(coalesce(to_jsonb(CASE p.kind WHEN 'events' THEN internal_events.event_query(p.key_path)
                                                                ELSE p.query END), 'null'))),
                    '{}')
      FROM internal_events.service_ping_plan p;
END;
COMMENT ON FUNCTION internal_events.service_ping_queries() IS
    'The SQL of each metric of the Service Ping, nested as the values are; null where there is none';
GRANT EXECUTE ON FUNCTION internal_events.service_ping_queries() TO internal_events_reader, internal_events_admin;
