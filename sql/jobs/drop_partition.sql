CREATE FUNCTION internal_events.drop_partition(partition regclass, is_overdue boolean DEFAULT false) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unsent bigint;
    name text := partition::text;
BEGIN
    IF NOT internal_events.lock_log(ARRAY[partition], 'SHARE') THEN
        RETURN false;
    END IF;
    -- A statement of its own: only its snapshot sees what was committed while the lock was waited for.
    IF internal_events.has_unread_events(partition, 'rollup') THEN
        RETURN false;
    END IF;
    IF NOT is_overdue AND internal_events.forwarding_is_on() AND internal_events.has_unread_events(partition, 'forwarder') THEN
        RETURN false;
    END IF;
    unsent := internal_events.count_unforwarded(partition);
    EXECUTE format('INSERT INTO internal_events.dropped_events AS d (event_definition_id, events) '
                   'SELECT e.event_definition_id, count(*) FROM %s e GROUP BY e.event_definition_id '
                   'ON CONFLICT (event_definition_id) DO UPDATE SET events = d.events + excluded.events', partition);
    IF NOT internal_events.lock_log(
           ARRAY['internal_events.events', partition, 'internal_events.events_default']::regclass[],
           'ACCESS EXCLUSIVE') THEN
        RAISE EXCEPTION '% is in use', partition USING ERRCODE = 'lock_not_available';
    END IF;
    EXECUTE format('DROP TABLE %s', partition);
    IF unsent > 0 THEN
        UPDATE internal_events.forwarding f SET dropped = f.dropped + unsent;
        RAISE WARNING '% events of % were dropped without having been forwarded to Snowplow', unsent, name
            USING HINT = 'internal_events.forwarding_status counts them and says what keeps the forwarder.';
    END IF;
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.drop_partition(regclass, boolean) IS
    'Drops a partition that every reader has passed, its space with it; false: unread or in use, try later. is_overdue: the '
    'forwarder is not waited for any longer, and what it has not sent is counted';
