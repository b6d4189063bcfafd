CREATE FUNCTION internal_events.own_view_name(key_path text) RETURNS name
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN EXISTS (SELECT FROM internal_events.built_in_metrics b WHERE b.view_name = own_view_name.key_path)
                THEN left(key_path, 46) || '_' || left(md5(key_path), 16)
                ELSE internal_events.metric_view_name(key_path)
           END::name;
END;
COMMENT ON FUNCTION internal_events.own_view_name(text) IS
    'The name of a loaded metric''s view: not that of a built-in one, which belongs to the extension';
