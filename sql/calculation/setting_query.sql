-- Ours are read by a function, which loads the library that defines them; an empty one is null.
CREATE FUNCTION internal_events.setting_query(setting text, value_type text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN format(
    CASE value_type
        WHEN 'number' THEN 'SELECT CASE WHEN %1$s IS NOT NULL THEN (SELECT s.setting::numeric FROM pg_settings s '
                           'WHERE s.name ILIKE %2$L) END AS value'
        WHEN 'boolean' THEN 'SELECT %1$s::boolean AS value'
        ELSE 'SELECT %1$s AS value'
    END,
    CASE WHEN setting LIKE 'internal\_events.%'
         THEN format('internal_events.setting(%L)', substr(setting, length('internal_events.') + 1))
         ELSE format('current_setting(%L)', setting)
    END,
    replace(setting, '_', '\_'));
COMMENT ON FUNCTION internal_events.setting_query(text, text) IS
    'The SQL of a setting metric; a number is in the unit of pg_settings';
