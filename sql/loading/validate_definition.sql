CREATE FUNCTION internal_events.validate_definition(kind text, yaml text, OUT path text, OUT message text)
RETURNS SETOF record
LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT p ->> 'key',
           CASE WHEN (p ->> 'line')::integer > 0 THEN format('line %s: ', p ->> 'line') ELSE '' END
           || CASE WHEN p ->> 'severity' = 'warning' THEN 'warning: ' ELSE '' END
           || (p ->> 'message')
      FROM jsonb_array_elements(
               internal_events.read_definition(kind, yaml, internal_events.definition_catalog(yaml), false)
               -> 'problems') WITH ORDINALITY AS problems (p, position)
     ORDER BY position;
END;
COMMENT ON FUNCTION internal_events.validate_definition(text, text) IS
    'What is wrong with a definition and where, one row a problem; stores nothing. kind: event or metric';
GRANT EXECUTE ON FUNCTION internal_events.validate_definition(text, text) TO internal_events_reader, internal_events_admin;
