CREATE FUNCTION internal_events.reported_version() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(internal_events.setting('application_version'), e.extversion)
      FROM pg_extension e WHERE e.extname = 'internal_events';
END;
COMMENT ON FUNCTION internal_events.reported_version() IS
    'The version of the application, internal_events.application_version, or of the extension where that is not set';
GRANT EXECUTE ON FUNCTION internal_events.reported_version()
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
