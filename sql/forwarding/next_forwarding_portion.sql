CREATE FUNCTION internal_events.next_forwarding_portion(
    left_over boolean, most integer DEFAULT 5000,
    OUT event_id uuid, OUT parameters text, OUT is_alone boolean, OUT has_more boolean)
RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB'
AS $$
DECLARE
    excluded bigint;
    queued record;
BEGIN
    PERFORM internal_events.check_forwarding_run();
    IF NOT left_over THEN
        queued := internal_events.queue_forwarding_portion(most);
        RETURN QUERY
            SELECT q.event_id, q.parameters, false, queued.has_more
              FROM (SELECT) one
              LEFT JOIN unnest(queued.event_ids, queued.parameters) AS q (event_id, parameters) ON true;
        RETURN;
    END IF;
    DELETE FROM internal_events.forwarding_queue q
     USING internal_events.forwarding_eligibility e
     WHERE e.event_definition_id = q.event_definition_id AND NOT e.is_eligible;
    GET DIAGNOSTICS excluded = ROW_COUNT;
    UPDATE internal_events.forwarding f SET not_eligible = f.not_eligible + excluded
     WHERE excluded > 0;
    IF EXISTS (SELECT FROM internal_events.forwarding_queue q WHERE q.is_alone) THEN
        -- As many refusals in a row end the run, and each of these events is a request.
        most := least(most, internal_events.most_refusals());
    END IF;
    RETURN QUERY
        SELECT q.event_id, q.parameters, q.is_alone, count(*) OVER () > most
          FROM internal_events.forwarding_queue q
         ORDER BY q.is_alone DESC, q.event_id
         LIMIT most;
END
$$;
COMMENT ON FUNCTION internal_events.next_forwarding_portion(boolean, integer) IS
    'What is to be sent next by the run of this session: what is left over in the queue, or events that are read now; a row '
    'without event_id: nothing, though there may be more';
GRANT EXECUTE ON FUNCTION internal_events.next_forwarding_portion(boolean, integer) TO internal_events_admin;
