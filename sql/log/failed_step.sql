CREATE FUNCTION internal_events.failed_step(step text, code text, message text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE WARNING 'maintenance could not %: %', step, message
        USING ERRCODE = code, HINT = 'It did the rest. Mend what the message names; the next maintenance tries again.';
    RETURN step || ': ' || message;
END
$$;
COMMENT ON FUNCTION internal_events.failed_step(text, text, text) IS
    'Warns of a step of maintenance that failed; returns what to show of it';
