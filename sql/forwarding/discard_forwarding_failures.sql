CREATE FUNCTION internal_events.discard_forwarding_failures(event_id uuid DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    given_up bigint;
BEGIN
    DELETE FROM internal_events.forwarding_failures f
     WHERE f.event_id = discard_forwarding_failures.event_id OR discard_forwarding_failures.event_id IS NULL;
    GET DIAGNOSTICS given_up = ROW_COUNT;
    UPDATE internal_events.forwarding f SET discarded = f.discarded + given_up;
    RETURN given_up;
END
$$;
COMMENT ON FUNCTION internal_events.discard_forwarding_failures(uuid) IS
    'Gives up an event of forwarding_failures, or all of them; they are counted as discarded. Returns how many';
GRANT EXECUTE ON FUNCTION internal_events.discard_forwarding_failures(uuid) TO internal_events_admin;
