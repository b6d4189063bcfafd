CREATE FUNCTION internal_events.sum_of_components(key_path text, measurements internal_events.service_ping_measurements[])
RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN count(m.value) = count(*) THEN to_jsonb(sum(m.value::numeric)) END
      FROM internal_events.reported_metrics r
     CROSS JOIN LATERAL unnest(r.components) AS c (key_path)
      LEFT JOIN unnest(measurements) m ON m.key_path = c.key_path
     WHERE r.key_path = sum_of_components.key_path;
END;
COMMENT ON FUNCTION internal_events.sum_of_components(text, internal_events.service_ping_measurements[]) IS
    'The value of a metric that adds others, which have been measured; null where one of them is null';
