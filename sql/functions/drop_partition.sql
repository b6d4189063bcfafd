CREATE FUNCTION internal_events.drop_partition(partition regclass) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT internal_events.lock_log(ARRAY[partition], 'SHARE') OR internal_events.has_unread_events(partition) THEN
        RETURN false;
    END IF;
    EXECUTE format('INSERT INTO internal_events.dropped_events AS d (event_definition_id, events) '
                   'SELECT e.event_definition_id, count(*) FROM %s e GROUP BY e.event_definition_id '
                   'ON CONFLICT (event_definition_id) DO UPDATE SET events = d.events + excluded.events', partition);
    IF NOT internal_events.lock_log(
           ARRAY['internal_events.events', partition, 'internal_events.events_default']::regclass[],
           'ACCESS EXCLUSIVE') THEN
        RAISE EXCEPTION '% is in use', partition USING ERRCODE = 'lock_not_available';
    END IF;
    EXECUTE format('DROP TABLE %s', partition);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.drop_partition(regclass) IS
    'Drops a partition that every reader has passed, its space with it; false: unread or in use, try later';
