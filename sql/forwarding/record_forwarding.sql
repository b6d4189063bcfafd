CREATE FUNCTION internal_events.record_forwarding(
    delivered uuid[], split uuid[], refused jsonb, fault text, is_paused boolean)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    arrived integer;
    failures integer;
    refusals integer;
    wait interval;
BEGIN
    PERFORM internal_events.check_forwarding_run();
    DELETE FROM internal_events.forwarding_queue q WHERE q.event_id = ANY (delivered);
    GET DIAGNOSTICS arrived = ROW_COUNT;
    UPDATE internal_events.forwarding_queue q SET is_alone = true WHERE q.event_id = ANY (split);
    PERFORM internal_events.take_refusals(refused);

    SELECT CASE WHEN arrived > 0 THEN 0 ELSE f.failures_in_a_row END,
           CASE WHEN arrived > 0 THEN 0 ELSE f.refused_in_a_row END + (SELECT count(*) FROM jsonb_object_keys(refused))
      INTO failures, refusals
      FROM internal_events.forwarding f;
    IF fault IS NULL AND refusals >= internal_events.most_refusals() THEN
        is_paused := true;
        fault := format('the collector has refused %s events in a row, as it would if the address were wrong: %s',
                        internal_events.most_refusals(), (SELECT min(r.value) FROM jsonb_each_text(refused) r));
        refusals := 0;
    END IF;
    IF fault IS NOT NULL THEN
        wait := internal_events.forwarding_wait(is_paused, failures);
        failures := failures + 1;
        RAISE LOG 'forwarding to Snowplow stopped: %', fault;
    END IF;
    UPDATE internal_events.forwarding f
       SET delivered = f.delivered + arrived,
           run_delivered = f.run_delivered + arrived,
           last_delivery_at = CASE WHEN arrived > 0 THEN clock_timestamp() ELSE f.last_delivery_at END,
           failures_in_a_row = failures,
           refused_in_a_row = refusals,
           is_paused = fault IS NOT NULL AND record_forwarding.is_paused,
           last_error = CASE WHEN fault IS NOT NULL THEN fault WHEN arrived = 0 THEN f.last_error END,
           last_error_at = CASE WHEN fault IS NOT NULL THEN clock_timestamp() WHEN arrived = 0 THEN f.last_error_at END,
           next_attempt_at = clock_timestamp() + wait;
    RETURN ceil(extract(epoch FROM wait) * 1000);
END
$$;
COMMENT ON FUNCTION internal_events.record_forwarding(uuid[], uuid[], jsonb, text, boolean) IS
    'Stores what has become of a portion: delivered, to be sent one by one, refused (reasons by event id); and why '
    'sending stopped. Returns the milliseconds until the next try; null: it did not stop';
GRANT EXECUTE ON FUNCTION internal_events.record_forwarding(uuid[], uuid[], jsonb, text, boolean) TO internal_events_admin;
