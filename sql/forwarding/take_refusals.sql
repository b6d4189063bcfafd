CREATE FUNCTION internal_events.take_refusals(refused jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH given_up AS (
        DELETE FROM internal_events.forwarding_queue q
         USING jsonb_each_text(refused) r
         WHERE q.event_id = r.key::uuid
        RETURNING q.*, r.value AS reason
    )
    INSERT INTO internal_events.forwarding_failures (event_id, event_definition_id, event_name, reason, parameters)
    SELECT g.event_id, g.event_definition_id, d.name, g.reason, g.parameters
      FROM given_up g
      LEFT JOIN internal_events.event_definitions d ON d.id = g.event_definition_id
        ON CONFLICT (event_id) DO UPDATE
       SET reason = excluded.reason, parameters = excluded.parameters, failed_at = excluded.failed_at;
END;
COMMENT ON FUNCTION internal_events.take_refusals(jsonb) IS
    'Moves events that the collector refused from the queue to forwarding_failures; refused: reasons by event id';
