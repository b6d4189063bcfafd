-- Each text must be whole by itself, so that it cannot end the parentheses that it is put into.
CREATE FUNCTION internal_events.check_fragments(key_path text, instrumentation jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fragment record;
BEGIN
    FOR fragment IN
        SELECT k.key, k.alone, k.inside, instrumentation ->> k.key || E'\n' AS text
          FROM (VALUES ('where', 'SELECT 1 WHERE %s', 'SELECT 1 WHERE (%s)'),
                       ('start', 'SELECT %s', 'SELECT (%s)'),
                       ('finish', 'SELECT %s', 'SELECT (%s)'),
                       ('sql', '%s', 'SELECT (%s)')) AS k (key, alone, inside)
         WHERE instrumentation ? k.key
    LOOP
        BEGIN
            BEGIN
                PERFORM internal_events.check_select(format(fragment.alone, fragment.text));
            EXCEPTION WHEN syntax_error THEN
                IF fragment.key <> 'sql' THEN
                    RAISE;
                END IF;
                PERFORM internal_events.check_select('SELECT ' || fragment.text);
            END;
            PERFORM internal_events.check_select(format(fragment.inside, regexp_replace(fragment.text, ';\s*$', '')));
        EXCEPTION WHEN syntax_error THEN
            RAISE EXCEPTION 'instrumentation.% of "%": %', fragment.key, key_path, SQLERRM
                USING ERRCODE = 'syntax_error', HINT = 'The key holds one expression, or one SELECT, of SQL.';
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.check_fragments(text, jsonb) IS
    'An error where SQL of an instrumentation is not an expression, or one SELECT, by itself';
