-- A half more or less, so that not all installations come back at once.
CREATE FUNCTION internal_events.forwarding_wait(is_paused boolean, failures_before integer) RETURNS interval
LANGUAGE sql VOLATILE
RETURN (0.5 + random()) * CASE WHEN is_paused THEN interval '15 minutes'
                               ELSE least(interval '1 second' * 2 ^ least(failures_before, 20), interval '5 minutes') END;
COMMENT ON FUNCTION internal_events.forwarding_wait(boolean, integer) IS
    'How long a collector that failed is left alone: 1, 2, 4 ... seconds, five minutes at most; in a pause a quarter of an hour';
