CREATE FUNCTION internal_events.store_rule(rule jsonb) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rule_id integer;
BEGIN
    INSERT INTO internal_events.rules AS r (canonical, event_definition_id, identifier, filter, operator, is_counted)
    SELECT rule ->> 'canonical', d.id, rule ->> 'unique', rule -> 'filter', rule ->> 'operator',
           -- An event's plain total is as old as its definition, so nothing was tracked before.
           NOT rule ?| '{unique,filter,operator}'
      FROM internal_events.event_definitions d
     WHERE d.name = rule ->> 'event'
        ON CONFLICT (canonical) DO NOTHING
    RETURNING r.id INTO rule_id;
    IF rule_id IS NULL THEN
        SELECT r.id INTO STRICT rule_id FROM internal_events.rules r WHERE r.canonical = rule ->> 'canonical';
    END IF;
    RETURN rule_id;
END
$$;
COMMENT ON FUNCTION internal_events.store_rule(jsonb) IS
    'The id of a selection rule, stored where it is new; equal rules are stored once';
