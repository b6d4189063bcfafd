CREATE FUNCTION internal_events.lock_definitions(wait boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF wait THEN
        LOCK TABLE internal_events.event_definitions, internal_events.instrumentations, internal_events.metric_definitions,
                   internal_events.value_schemas IN SHARE ROW EXCLUSIVE MODE;
    ELSE
        LOCK TABLE internal_events.event_definitions, internal_events.instrumentations, internal_events.metric_definitions,
                   internal_events.value_schemas IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    END IF;
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    IF wait THEN
        RAISE;
    END IF;
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.lock_definitions(boolean) IS
    'Keeps other sessions from loading definitions until the transaction ends; nobody who tracks or reads waits. False: '
    'another session has the lock, and wait is false';
GRANT EXECUTE ON FUNCTION internal_events.lock_definitions(boolean) TO internal_events_admin;
