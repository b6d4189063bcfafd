CREATE FUNCTION internal_events.remove_event_definition(name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    counted_by text := (SELECT string_agg(DISTINCT m.key_path, ', ')
                          FROM internal_events.event_definitions d
                          JOIN internal_events.rules r ON r.event_definition_id = d.id
                          JOIN internal_events.metric_rules mr ON mr.rule_id = r.id
                          JOIN internal_events.metric_definitions m ON m.id = mr.metric_definition_id AND m.status = 'active'
                         WHERE d.name = remove_event_definition.name AND d.status <> 'removed');
BEGIN
    IF counted_by IS NOT NULL THEN
        RAISE EXCEPTION 'event "%" is counted by metrics: %', name, counted_by
            USING ERRCODE = 'dependent_objects_still_exist',
                  HINT = 'Remove them first, by remove_metric_definition(), or load them without the event.';
    END IF;
    UPDATE internal_events.event_definitions d
       SET status = 'removed', definition = d.definition || '{"status": "removed"}', loaded_at = now()
     WHERE d.name = remove_event_definition.name AND d.status <> 'removed';
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION internal_events.remove_event_definition(text) IS
    'Takes back load_event_definition(), as status: removed does: track_event() refuses the event, what was counted stays; '
    'false where there was none';
GRANT EXECUTE ON FUNCTION internal_events.remove_event_definition(text) TO internal_events_admin;
