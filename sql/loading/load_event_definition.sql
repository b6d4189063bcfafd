CREATE FUNCTION internal_events.load_event_definition(yaml text, path text DEFAULT NULL, strict boolean DEFAULT false)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    compiled jsonb := internal_events.checked_definition('event', yaml, path, strict);
BEGIN
    -- Events can come from now on: whoever loads the first definition makes room for them.
    PERFORM internal_events.lock_reader('rollup', wait => true)
      WHERE NOT EXISTS (SELECT FROM internal_events.readers r
                         WHERE r.name = 'rollup' AND r.cluster_id = internal_events.cluster_id());
    IF NOT EXISTS (SELECT FROM internal_events.partition_weeks()) THEN
        PERFORM internal_events.create_partitions();
    END IF;
    PERFORM internal_events.store_event_definition(compiled, path);
    RETURN compiled ->> 'name';
END
$$;
COMMENT ON FUNCTION internal_events.load_event_definition(text, text, boolean) IS
    'Checks and stores an event definition; returns its action. strict: an unknown key is an error';
GRANT EXECUTE ON FUNCTION internal_events.load_event_definition(text, text, boolean) TO internal_events_admin;
