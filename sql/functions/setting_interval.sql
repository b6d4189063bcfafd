CREATE FUNCTION internal_events.setting_interval(name text) RETURNS interval
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT make_interval(mins => s.setting::integer)
      FROM pg_settings s
     WHERE s.name = 'internal_events.' || setting_interval.name;
END;
COMMENT ON FUNCTION internal_events.setting_interval(text) IS
    'A retention setting (without its prefix) as an interval';
