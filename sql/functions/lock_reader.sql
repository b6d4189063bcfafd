CREATE FUNCTION internal_events.lock_reader(name text, wait boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT internal_events.ensure_reader(name) OR internal_events.is_being_restored(name) THEN
        RETURN false;
    END IF;
    PERFORM FROM internal_events.readers r
      WHERE r.name = lock_reader.name AND r.cluster_id = internal_events.cluster_id()
        FOR UPDATE SKIP LOCKED;
    IF NOT FOUND AND wait THEN
        PERFORM FROM internal_events.readers r
          WHERE r.name = lock_reader.name AND r.cluster_id = internal_events.cluster_id()
            FOR UPDATE;
        RETURN true;
    END IF;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION internal_events.lock_reader(text, boolean) IS
    'Makes the running transaction the one that acts for a reader of the log; false where another one is and wait is '
    'false, or while a dump is being restored';
