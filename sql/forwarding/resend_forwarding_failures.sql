CREATE FUNCTION internal_events.resend_forwarding_failures(event_id uuid DEFAULT NULL, parameters jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    repaired text;
    objection text;
    again bigint;
BEGIN
    IF resend_forwarding_failures.parameters IS NOT NULL THEN
        IF event_id IS NULL THEN
            RAISE EXCEPTION 'parameters are those of one event' USING ERRCODE = 'null_value_not_allowed',
                HINT = 'Name the event: resend_forwarding_failures(event_id, parameters).';
        END IF;
        SELECT s.parameters, s.fault
          INTO repaired, objection
          FROM internal_events.snowplow_event(event_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                                              resend_forwarding_failures.parameters, NULL, NULL) s;
        IF objection IS NOT NULL THEN
            RAISE EXCEPTION 'the event would be refused again: %', objection USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END IF;
    WITH failed AS (
        SELECT f.* FROM internal_events.forwarding_failures f
         WHERE f.event_id = resend_forwarding_failures.event_id OR resend_forwarding_failures.event_id IS NULL
           FOR UPDATE
    ), rebuilt AS (
        -- As the definitions and settings are now, where the log still has the event.
        SELECT s.event_id, s.parameters, s.fault
          FROM internal_events.forwarding_parameters(ARRAY(
                   SELECT e FROM internal_events.events e JOIN failed f ON f.event_id = e.id WHERE f.parameters IS NULL)) s
    ), still_wrong AS (
        UPDATE internal_events.forwarding_failures f
           SET reason = r.fault, failed_at = clock_timestamp()
          FROM rebuilt r
         WHERE f.event_id = r.event_id AND r.fault IS NOT NULL AND repaired IS NULL
    ), mended AS (
        DELETE FROM internal_events.forwarding_failures f
         USING failed
         LEFT JOIN rebuilt r ON r.event_id = failed.event_id
         WHERE f.event_id = failed.event_id
           AND coalesce(repaired, failed.parameters, r.parameters) IS NOT NULL
        RETURNING f.event_id, f.event_definition_id, coalesce(repaired, failed.parameters, r.parameters) AS parameters
    ), queued AS (
        INSERT INTO internal_events.forwarding_queue (event_id, event_definition_id, parameters, is_alone)
        SELECT m.event_id, m.event_definition_id, m.parameters, true FROM mended m
            ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO again FROM mended;
    RETURN again;
END
$$;
COMMENT ON FUNCTION internal_events.resend_forwarding_failures(uuid, jsonb) IS
    'Queues events of forwarding_failures again: with the parameters that are given, or as they were refused by the collector, '
    'or made anew from the log. Null: all of them; returns how many can be sent';
GRANT EXECUTE ON FUNCTION internal_events.resend_forwarding_failures(uuid, jsonb) TO internal_events_admin;
