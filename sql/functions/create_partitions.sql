CREATE FUNCTION internal_events.create_partitions() RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    today date := internal_events.utc_day(clock_timestamp());
    missing date;
BEGIN
    -- The days ahead come first: from then on nobody writes to the default partition, and it can be emptied in peace.
    -- A day that is being written there stays until it is over where moving its events would keep writers waiting.
    FOR missing IN
        SELECT w.day
          FROM (SELECT today + ahead AS day FROM generate_series(0, 7) ahead
                UNION
                SELECT internal_events.utc_day(e.tracked_at) FROM internal_events.events_default e) w
         WHERE NOT EXISTS (SELECT FROM internal_events.partition_days() p WHERE p.day = w.day)
           AND (w.day <> today
                OR (SELECT count(*) FROM (SELECT FROM internal_events.events_default e LIMIT 10001) few) <= 10000)
         ORDER BY w.day DESC
    LOOP
        EXIT WHEN NOT internal_events.create_partition(missing);
        RETURN NEXT 'events_' || to_char(missing, 'YYYYMMDD');
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.create_partitions() IS
    'Makes the partitions of today and the week ahead, and of days whose events fell into the default partition';
