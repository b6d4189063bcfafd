-- A setting is what this session sees; what a database or a role has of its own is looked up, as other sessions have that.
CREATE FUNCTION internal_events.status_of_settings() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object(
               'enabled', internal_events.setting('enabled') = 'on',
               'on_error', internal_events.setting('on_error'),
               'as_of', internal_events.setting('as_of'),
               'event_retention', internal_events.setting('event_retention'),
               'service_ping_building', internal_events.setting('service_ping_building') = 'on',
               'service_ping_url_is_set', internal_events.service_ping_is_sent(),
               'snowplow_collector_url_is_set', internal_events.forwarding_is_on(),
               'overrides', (
                   SELECT coalesce(jsonb_agg(jsonb_build_object('setting', split_part(c.line, '=', 1),
                                                                'value', split_part(c.line, '=', 2),
                                                                'database', d.datname, 'role', r.rolname)
                                             ORDER BY c.line, d.datname, r.rolname), '[]')
                     FROM pg_db_role_setting s
                    CROSS JOIN LATERAL unnest(s.setconfig) AS c (line)
                     LEFT JOIN pg_database d ON d.oid = s.setdatabase
                     LEFT JOIN pg_roles r ON r.oid = s.setrole
                    WHERE coalesce(d.datname = current_database(), true)
                      AND split_part(c.line, '=', 1) IN ('internal_events.enabled', 'internal_events.as_of')));
END;
COMMENT ON FUNCTION internal_events.status_of_settings() IS 'Settings for status(); of addresses, whether they are set';
