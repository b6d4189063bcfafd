CREATE FUNCTION internal_events.setting(name text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ie_setting';
COMMENT ON FUNCTION internal_events.setting(text) IS
    'A setting internal_events.<name>, where the caller may see it; null where it is empty';
GRANT EXECUTE ON FUNCTION internal_events.setting(text) TO internal_events_reader, internal_events_admin, internal_events_metrics;
