CREATE FUNCTION internal_events.store_event_definition(compiled jsonb, path text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO internal_events.event_definitions AS d
           (name, status, category, identifiers, additional_properties, definition, path)
    VALUES (compiled ->> 'name', compiled ->> 'status', compiled ->> 'category',
            ARRAY(SELECT jsonb_array_elements_text(compiled -> 'identifiers')),
            ARRAY(SELECT jsonb_array_elements_text(compiled -> 'additional_properties')),
            compiled -> 'definition', path)
        ON CONFLICT (name) DO UPDATE
       SET status = excluded.status, category = excluded.category, identifiers = excluded.identifiers,
           additional_properties = excluded.additional_properties, definition = excluded.definition,
           path = excluded.path, loaded_at = excluded.loaded_at
     WHERE (d.definition, d.status, d.path) IS DISTINCT FROM (excluded.definition, excluded.status, excluded.path);
    PERFORM internal_events.store_rule(
        jsonb_build_object('canonical', compiled -> 'total_rule', 'event', compiled -> 'name'));
END
$$;
COMMENT ON FUNCTION internal_events.store_event_definition(jsonb, text) IS
    'Stores a compiled event definition and the rule of its plain total; the same again changes nothing';
