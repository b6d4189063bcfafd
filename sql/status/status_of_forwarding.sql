CREATE FUNCTION internal_events.status_of_forwarding() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    run internal_events.forwarding;
    state text;
    settings_problem text;
BEGIN
    SELECT f.* INTO run FROM internal_events.forwarding f;
    state := internal_events.forwarding_state(run);
    IF internal_events.forwarding_is_on() THEN
        BEGIN
            PERFORM internal_events.check_snowplow_settings();
        EXCEPTION WHEN OTHERS THEN
            settings_problem := SQLERRM;
        END;
    END IF;
    RETURN jsonb_build_object(
        'state', state, 'running_pid', CASE state WHEN 'sending' THEN run.backend_pid END,
        'queued', (SELECT count(*) FROM internal_events.forwarding_queue),
        'failures', (SELECT count(*) FROM (SELECT FROM internal_events.forwarding_failures LIMIT 100000) f),
        'failure', (SELECT f.reason FROM internal_events.forwarding_failures f ORDER BY f.failed_at DESC LIMIT 1),
        'last_error', run.last_error, 'last_error_at', run.last_error_at, 'next_attempt_at', run.next_attempt_at,
        'failures_in_a_row', run.failures_in_a_row, 'last_delivery_at', run.last_delivery_at,
        'seconds_since_last_delivery', extract(epoch FROM clock_timestamp() - run.last_delivery_at)::bigint,
        'delivered', run.delivered, 'not_eligible', run.not_eligible, 'discarded', run.discarded, 'dropped', run.dropped,
        'settings_problem', settings_problem);
END
$$;
COMMENT ON FUNCTION internal_events.status_of_forwarding() IS
    'Forwarding to Snowplow for status(): its state, and what has become of events';
