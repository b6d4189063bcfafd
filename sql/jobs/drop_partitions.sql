CREATE FUNCTION internal_events.drop_partitions(OUT action text, OUT object text) RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    oldest date := internal_events.utc_day(clock_timestamp() - internal_events.event_retention());
    overdue date := internal_events.utc_day(clock_timestamp() - internal_events.forwarding_retention());
    old record;
BEGIN
    FOR old IN
        SELECT p.partition, p.partition::text AS name, p.monday + 7 <= overdue AS is_overdue
          FROM internal_events.partition_weeks() p
         WHERE p.monday + 7 <= oldest
    LOOP
        BEGIN
            CONTINUE WHEN NOT internal_events.drop_partition(old.partition, old.is_overdue);
            action := 'dropped';
            object := old.name;
        EXCEPTION WHEN OTHERS THEN
            action := 'failed';
            object := internal_events.failed_step('drop ' || old.name, SQLSTATE, SQLERRM);
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.drop_partitions() IS
    'Drops the partitions that are older than internal_events.event_retention and that every reader has passed; '
    'those older than internal_events.forwarding_retention even where the forwarder has not. What fails is named, and the '
    'others are dropped';
