CREATE FUNCTION internal_events.metric_view_name(key_path text) RETURNS name
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN octet_length(key_path) < 64
                     AND NOT EXISTS (SELECT FROM internal_events.built_in_metrics b WHERE b.view_name = metric_view_name.key_path)
                THEN key_path
                ELSE left(key_path, 46) || '_' || left(md5(key_path), 16)
           END::name;
END;
COMMENT ON FUNCTION internal_events.metric_view_name(text) IS
    'The name of a loaded metric''s view: its key path, or the beginning and a hash of one that is too long for a name or is '
    'the name of a built-in metric''s view, which belongs to the extension';
