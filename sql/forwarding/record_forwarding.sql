CREATE FUNCTION internal_events.record_forwarding(
    delivered uuid[], split uuid[], refused jsonb, fault text, is_paused boolean)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most_refused constant integer := 100;
    arrived integer;
    refusals integer;
    refusal text;
    wait interval;
BEGIN
    PERFORM internal_events.check_forwarding_run();
    DELETE FROM internal_events.forwarding_queue q WHERE q.event_id = ANY (delivered);
    GET DIAGNOSTICS arrived = ROW_COUNT;
    UPDATE internal_events.forwarding_queue q SET is_alone = true WHERE q.event_id = ANY (split);
    SELECT count(*), min(r.value) INTO refusals, refusal FROM jsonb_each_text(refused) r;
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

    UPDATE internal_events.forwarding f
       SET delivered = f.delivered + arrived,
           run_delivered = f.run_delivered + arrived,
           last_delivery_at = CASE WHEN arrived > 0 THEN clock_timestamp() ELSE f.last_delivery_at END,
           failures_in_a_row = CASE WHEN arrived > 0 THEN 0 ELSE f.failures_in_a_row END,
           refused_in_a_row = CASE WHEN arrived > 0 THEN 0 ELSE f.refused_in_a_row END + refusals,
           is_paused = false, next_attempt_at = NULL,
           last_error = CASE WHEN arrived = 0 THEN f.last_error END,
           last_error_at = CASE WHEN arrived = 0 THEN f.last_error_at END;
    IF fault IS NULL AND (SELECT f.refused_in_a_row >= most_refused FROM internal_events.forwarding f) THEN
        is_paused := true;
        fault := format('the collector has refused %s events in a row, as it would if the address were wrong: %s',
                        most_refused, refusal);
        UPDATE internal_events.forwarding f SET refused_in_a_row = 0;
    END IF;
    IF fault IS NULL THEN
        RETURN NULL;
    END IF;
    -- 1, 2, 4 ... seconds, five minutes at most, a half more or less, so that not all installations come back at once.
    UPDATE internal_events.forwarding f
       SET failures_in_a_row = f.failures_in_a_row + 1,
           is_paused = record_forwarding.is_paused,
           last_error = fault, last_error_at = clock_timestamp(),
           next_attempt_at = clock_timestamp() + (0.5 + random()) * CASE
               WHEN record_forwarding.is_paused THEN interval '15 minutes'
               ELSE least(interval '1 second' * 2 ^ least(f.failures_in_a_row, 20), interval '5 minutes') END
    RETURNING f.next_attempt_at - clock_timestamp() INTO wait;
    RAISE LOG 'forwarding to Snowplow stopped: %', fault;
    RETURN ceil(extract(epoch FROM wait) * 1000);
END
$$;
COMMENT ON FUNCTION internal_events.record_forwarding(uuid[], uuid[], jsonb, text, boolean) IS
    'Stores what has become of a portion: delivered, to be sent one by one, refused (reasons by event id); and why '
    'sending stopped. Returns the milliseconds until the next try; null: it did not stop';
GRANT EXECUTE ON FUNCTION internal_events.record_forwarding(uuid[], uuid[], jsonb, text, boolean) TO internal_events_admin;
