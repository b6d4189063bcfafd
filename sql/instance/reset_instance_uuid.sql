CREATE FUNCTION internal_events.reset_instance_uuid() RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    DELETE FROM internal_events.instance;
    INSERT INTO internal_events.instance (uuid, created_at) VALUES (gen_random_uuid(), clock_timestamp()) RETURNING uuid;
END;
COMMENT ON FUNCTION internal_events.reset_instance_uuid() IS
    'Gives the installation a new random id, as for a copy of a database that shall not report as the original';
GRANT EXECUTE ON FUNCTION internal_events.reset_instance_uuid() TO internal_events_admin;
