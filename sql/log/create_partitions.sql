CREATE FUNCTION internal_events.create_partitions(OUT action text, OUT object text) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this_week date := internal_events.monday(internal_events.utc_day(clock_timestamp()));
    missing date;
BEGIN
    -- The weeks ahead come first: from then on nobody writes to the default partition, and it can be emptied in peace.
    -- A week that is being written there stays until it is over where moving its events would keep writers waiting.
    FOR missing IN
        SELECT w.monday
          FROM (SELECT this_week + 7 * ahead AS monday FROM generate_series(0, 2) ahead
                UNION
                SELECT internal_events.monday(internal_events.utc_day(e.tracked_at)) FROM internal_events.events_default e) w
         WHERE NOT EXISTS (SELECT FROM internal_events.partition_weeks() p WHERE p.monday = w.monday)
           AND (w.monday <> this_week
                OR (SELECT count(*) FROM (SELECT FROM internal_events.events_default e LIMIT 10001) few) <= 10000)
         ORDER BY w.monday DESC
    LOOP
        BEGIN
            EXIT WHEN NOT internal_events.create_partition(missing);
            action := 'created';
            object := 'events_' || to_char(missing, 'YYYYMMDD');
        EXCEPTION WHEN OTHERS THEN
            action := 'failed';
            object := internal_events.failed_step('make events_' || to_char(missing, 'YYYYMMDD'), SQLSTATE, SQLERRM);
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.create_partitions() IS
    'Makes the partitions of this week and the two ahead, and of weeks whose events fell into the default partition. What '
    'fails is named, and the others are made';
