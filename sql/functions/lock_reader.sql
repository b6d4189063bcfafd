CREATE FUNCTION internal_events.lock_reader(name text, wait boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Not a row lock: the row may be there only in a transaction that is still open.
    class constant integer := 'internal_events.readers'::regclass::oid::integer;
    key constant integer := hashtext(name);
BEGIN
    IF wait THEN
        PERFORM pg_advisory_xact_lock(class, key);
    ELSIF NOT pg_try_advisory_xact_lock(class, key) THEN
        RETURN false;
    END IF;
    RETURN internal_events.ensure_reader(name) AND NOT internal_events.is_being_restored(name);
END
$$;
COMMENT ON FUNCTION internal_events.lock_reader(text, boolean) IS
    'Makes the running transaction the one that acts for a reader of the log; false where another one is and wait is '
    'false, or while a dump is being restored';
