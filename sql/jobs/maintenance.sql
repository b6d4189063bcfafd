CREATE FUNCTION internal_events.maintenance(OUT action text, OUT object text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '60s'
AS $$
DECLARE
    merged bigint;
    pruned bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'maintenance() needs isolation level read committed'
            USING ERRCODE = 'active_sql_transaction',
                  HINT = 'With an older snapshot it could take a partition for read that has got an event since.';
    END IF;
    -- Partitions come last: their locks last until the end. A step that fails holds up no other one.
    BEGIN
        merged := internal_events.merge_buckets();
        IF merged > 0 THEN
            RETURN QUERY SELECT 'merged', merged || ' buckets';
        END IF;
    EXCEPTION WHEN OTHERS THEN
        RETURN QUERY SELECT 'failed', internal_events.failed_step('merge buckets', SQLSTATE, SQLERRM);
    END;
    BEGIN
        DELETE FROM internal_events.service_ping_measurements m
         USING internal_events.service_pings p
         WHERE p.id = m.ping_id AND p.status <> 'building' AND p.recorded_at < now() - internal_events.event_retention();
        GET DIAGNOSTICS pruned = ROW_COUNT;
        IF pruned > 0 THEN
            RETURN QUERY SELECT 'deleted', pruned || ' measurements';
        END IF;
    EXCEPTION WHEN OTHERS THEN
        RETURN QUERY SELECT 'failed', internal_events.failed_step('delete measurements', SQLSTATE, SQLERRM);
    END;
    RETURN QUERY SELECT d.action, d.object FROM internal_events.drop_partitions() d;
    RETURN QUERY SELECT c.action, c.object FROM internal_events.create_partitions() c;
END
$$;
COMMENT ON FUNCTION internal_events.maintenance() IS
    'Makes partitions ahead, drops old ones, merges old buckets, deletes measurements of old Service Pings; neither waits '
    'for nor blocks a writer, and waits for a rollup for a minute at most; returns what it did, and what failed';
GRANT EXECUTE ON FUNCTION internal_events.maintenance() TO internal_events_admin;
