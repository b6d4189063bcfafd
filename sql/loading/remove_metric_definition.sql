CREATE FUNCTION internal_events.remove_metric_definition(key_path text, check_use boolean DEFAULT true) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on SET client_min_messages = error
AS $$
DECLARE
    metric internal_events.metric_definitions := (SELECT d FROM internal_events.metric_definitions d
                                                   WHERE d.key_path = remove_metric_definition.key_path
                                                     AND d.status <> 'removed');
    used_by text := (SELECT string_agg(DISTINCT d.key_path, ', ')
                       FROM internal_events.metric_time_frames own
                       JOIN internal_events.metric_time_frames f ON own.key_path = ANY (f.components)
                       JOIN internal_events.metric_definitions d ON d.id = f.metric_definition_id AND d.status = 'active'
                      WHERE own.metric_definition_id = metric.id AND check_use);
BEGIN
    IF used_by IS NOT NULL THEN
        RAISE EXCEPTION 'metric "%" is part of metrics: %', key_path, used_by
            USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Remove them first, or load them without this one.';
    ELSIF metric.id IS NULL THEN
        RETURN false;
    END IF;
    -- JSON is YAML, so what is stored can be compiled again.
    PERFORM internal_events.store_metric_definition(
        internal_events.checked_definition('metric', (metric.definition || '{"status": "removed"}')::text, metric.path, false),
        metric.path);
    RETURN true;
END
$$;
COMMENT ON FUNCTION internal_events.remove_metric_definition(text, boolean) IS
    'Takes back load_metric_definition(), as status: removed does: the views go, what was counted stays; false where there '
    'was none. check_use: an error where another metric is made of it';
GRANT EXECUTE ON FUNCTION internal_events.remove_metric_definition(text, boolean) TO internal_events_admin;
