CREATE FUNCTION internal_events.metric_view_name(key_path text) RETURNS name
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN octet_length(key_path) < 64 THEN key_path
            ELSE left(key_path, 46) || '_' || left(md5(key_path), 16)
       END::name;
COMMENT ON FUNCTION internal_events.metric_view_name(text) IS
    'The name of a metric''s view: its key path, or the beginning and a hash of one that is too long for a name';
