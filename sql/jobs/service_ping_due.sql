-- When a ping is built and sent follows from the installation's id, so that not all of them call at once.
CREATE FUNCTION internal_events.service_ping_due() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH spread AS (
        SELECT (('x' || left(md5(internal_events.instance_uuid()::text), 8))::bit(32)::bigint & 2147483647)::integer AS number
    )
    -- Monday to Saturday, so that the week has a day left.
    SELECT (date_trunc('week', now() AT TIME ZONE 'UTC')
            + make_interval(days => s.number / 1440 % 6, hours => s.number / 60 % 24, mins => s.number % 60))
           AT TIME ZONE 'UTC'
      FROM spread s;
END;
COMMENT ON FUNCTION internal_events.service_ping_due() IS
    'When this installation is to build the Service Ping of the current week';
GRANT EXECUTE ON FUNCTION internal_events.service_ping_due() TO internal_events_admin;
