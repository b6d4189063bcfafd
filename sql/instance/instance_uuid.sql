CREATE FUNCTION internal_events.instance_uuid() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT i.uuid FROM internal_events.instance i ORDER BY i.created_at, i.uuid LIMIT 1;
END;
COMMENT ON FUNCTION internal_events.instance_uuid() IS 'The random id under which this installation reports';
GRANT EXECUTE ON FUNCTION internal_events.instance_uuid()
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
