CREATE FUNCTION internal_events.checked_definition(kind text, yaml text, path text, strict boolean) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    read jsonb;
    problem record;
    errors text[] := '{}';
    is_unresolved boolean := true;
BEGIN
    IF yaml IS NULL THEN
        RAISE EXCEPTION 'yaml is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Pass the text of a definition.';
    END IF;
    read := internal_events.read_definition(kind, yaml, internal_events.definition_catalog(yaml), strict);
    FOR problem IN
        SELECT p.severity,
               concat_ws(': ', nullif(concat_ws(CASE WHEN checked_definition.path IS NULL THEN 'line ' ELSE ':' END,
                                                coalesce(checked_definition.path, ''), nullif(p.line, 0)), ''),
                         nullif(p.key, ''), p.message) AS text,
               p.unresolved
          FROM jsonb_to_recordset(read -> 'problems') AS p (
                   severity text, line integer, key text, message text, unresolved boolean)
    LOOP
        IF problem.severity = 'warning' THEN
            -- By this SQLSTATE whoever has checked the text before knows what is no news.
            RAISE WARNING '%', problem.text USING ERRCODE = '01IE1';
        ELSE
            errors := errors || problem.text;
            is_unresolved := is_unresolved AND problem.unresolved;
        END IF;
    END LOOP;
    IF cardinality(errors) > 0 THEN
        RAISE EXCEPTION '% definition is not valid: %', kind, array_to_string(errors, E'\n')
            USING ERRCODE = CASE WHEN is_unresolved THEN 'undefined_object' ELSE 'invalid_parameter_value' END,
                  HINT = 'internal_events.validate_definition() lists what is wrong and stores nothing.';
    END IF;
    RETURN read -> 'definition';
END
$$;
COMMENT ON FUNCTION internal_events.checked_definition(text, text, text, boolean) IS
    'The compiled form of a definition; an error that lists every problem where it is wrong; its '
    'SQLSTATE is 42704 where nothing but metrics that it is made of is missing';
