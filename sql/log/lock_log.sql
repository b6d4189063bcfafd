CREATE FUNCTION internal_events.lock_log(tables regclass[], mode text, attempts integer DEFAULT 20) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    command text := format('LOCK TABLE %s IN %s MODE NOWAIT',
                           (SELECT string_agg('ONLY ' || t::text, ', ') FROM unnest(tables) t), mode);
BEGIN
    FOR attempt IN 1 .. attempts LOOP
        BEGIN
            EXECUTE command;
            RETURN true;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM pg_sleep(0.02);
        END;
    END LOOP;
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.lock_log(regclass[], text, integer) IS
    'Locks tables of the log where nobody has to be waited for, so no writer queues behind us; false: try again later';
