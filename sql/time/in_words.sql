CREATE FUNCTION internal_events.in_words(duration interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('%s %s%s', w.number, w.unit, CASE WHEN w.number <> 1 THEN 's' END)
      FROM (SELECT floor(extract(epoch FROM duration)) AS seconds) s
     CROSS JOIN LATERAL (
           SELECT floor(s.seconds / u.length) AS number, u.unit
             FROM (VALUES (86400, 'day'), (3600, 'hour'), (60, 'minute'), (1, 'second')) AS u (length, unit)
            WHERE s.seconds >= 2 * u.length OR u.length = 1
            ORDER BY u.length DESC LIMIT 1) w;
END;
COMMENT ON FUNCTION internal_events.in_words(interval) IS
    'A duration for a message, in its largest unit of which it has two: 90 minutes';
