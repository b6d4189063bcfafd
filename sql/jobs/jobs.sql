-- A ping whose tick was missed is built on a later day of its week, at the same time; where it is there, that job does
-- nothing.
CREATE FUNCTION internal_events.jobs(OUT job text, OUT schedule text, OUT command text, OUT wanted boolean)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT j.job, j.schedule, j.command, j.wanted
      FROM (SELECT internal_events.service_ping_due() AT TIME ZONE 'UTC') AS due (at)
     CROSS JOIN LATERAL (SELECT extract(minute FROM due.at)::integer, extract(hour FROM due.at)::integer,
                                extract(isodow FROM due.at)::integer) AS p (minute, hour, weekday)
     CROSS JOIN LATERAL (VALUES
         ('internal_events rollup', '* * * * *', 'SELECT internal_events.rollup(wait => false)', true),
         ('internal_events maintenance', '17 * * * *', 'SELECT * FROM internal_events.maintenance()', true),
         ('internal_events service ping', format('%s %s * * %s', p.minute, p.hour, p.weekday),
          'CALL internal_events.build_service_ping()', internal_events.setting('service_ping_building') = 'on'),
         ('internal_events late service ping',
          format('%s %s * * %s', p.minute, p.hour, CASE p.weekday WHEN 6 THEN '0' ELSE format('%s-6,0', p.weekday + 1) END),
          'CALL internal_events.build_service_ping()', internal_events.setting('service_ping_building') = 'on'),
         ('internal_events delivery', format('%s * * * *', (p.minute + 30) % 60),
          'CALL internal_events.send_service_pings()', internal_events.service_ping_is_sent()),
         ('internal_events forwarding', '* * * * *', 'CALL internal_events.forward_events()', internal_events.forwarding_is_on())
     ) AS j (job, schedule, command, wanted);
END;
COMMENT ON FUNCTION internal_events.jobs() IS
    'The jobs of this extension: rollup each minute, maintenance each hour, the Service Ping once a week, or later in it '
    'where that was missed, unless building is off, and its delivery each hour where there is a URL; forwarding to '
    'Snowplow each minute where there is a collector';
GRANT EXECUTE ON FUNCTION internal_events.jobs() TO internal_events_admin;
