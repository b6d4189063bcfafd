CREATE FUNCTION internal_events.rule_id(event_name text, identifier text, filter jsonb) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event_id integer;
    found_id integer;
BEGIN
    IF event_name IS NULL THEN
        RAISE EXCEPTION 'event_name is null' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'internal_events.event_definitions lists the events.';
    END IF;
    SELECT d.id INTO event_id FROM internal_events.event_definitions d WHERE d.name = event_name;
    IF event_id IS NULL THEN
        RAISE EXCEPTION 'event "%" is not defined', event_name
            USING ERRCODE = 'undefined_object', HINT = 'internal_events.event_definitions lists the events.';
    END IF;
    SELECT r.id INTO found_id
      FROM internal_events.rules r
     WHERE r.event_definition_id = event_id
       AND r.identifier IS NOT DISTINCT FROM rule_id.identifier
       AND r.filter IS NOT DISTINCT FROM nullif(rule_id.filter, '{}')
       AND r.operator IS NULL;
    IF found_id IS NULL THEN
        RAISE EXCEPTION 'no metric counts % of event "%"%', coalesce('unique ' || identifier, 'the total'), event_name,
                        coalesce(' with filter ' || nullif(filter, '{}')::text, '')
            USING ERRCODE = 'undefined_object',
                  DETAIL = coalesce('Counted are: '
                      || (SELECT string_agg(r.canonical, ', ' ORDER BY r.id)
                            FROM internal_events.rules r WHERE r.event_definition_id = event_id), 'Nothing is counted.'),
                  HINT = 'Load a metric definition that has this rule under events; it counts what the log still has.';
    END IF;
    RETURN found_id;
END
$$;
COMMENT ON FUNCTION internal_events.rule_id(text, text, jsonb) IS
    'The rule that counts an event by an identifier (null: its total) under a filter; an error where none does';
