CREATE FUNCTION internal_events.create_partition(monday date) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text := 'events_' || to_char(monday, 'YYYYMMDD');
    week_begins timestamptz := monday::timestamp AT TIME ZONE 'UTC';
    week_ends timestamptz := (monday + 7)::timestamp AT TIME ZONE 'UTC';
BEGIN
    -- Readers may go on while rows are moved; only attaching the finished partition excludes them, for a moment.
    IF NOT internal_events.lock_log('{internal_events.events}', 'SHARE UPDATE EXCLUSIVE')
       OR NOT internal_events.lock_log('{internal_events.events_default}', 'SHARE ROW EXCLUSIVE') THEN
        RETURN false;
    END IF;
    IF to_regclass('internal_events.' || name) IS NOT NULL THEN
        RAISE EXCEPTION 'internal_events.% is no partition of internal_events.events', name
            USING ERRCODE = 'duplicate_table',
                  HINT = format('Attach it again, or rename it: ALTER TABLE internal_events.%I RENAME TO ...', name);
    END IF;
    EXECUTE format('CREATE TABLE internal_events.%I (LIKE internal_events.events INCLUDING ALL)', name);
    -- Rows have no key across partitions, and where all tables are published, those without identity cannot be deleted.
    EXECUTE format('ALTER TABLE internal_events.%I REPLICA IDENTITY FULL', name);
    EXECUTE format('WITH moved AS (DELETE FROM internal_events.events_default e '
                   'WHERE e.tracked_at >= $1 AND e.tracked_at < $2 RETURNING e.*) '
                   'INSERT INTO internal_events.%I SELECT * FROM moved', name)
      USING week_begins, week_ends;
    EXECUTE format('CREATE INDEX %I ON internal_events.%I USING brin (xid) WITH (pages_per_range = %s)', name || '_xid', name,
                   internal_events.pages_per_range());
    IF NOT internal_events.lock_log('{internal_events.events_default}', 'ACCESS EXCLUSIVE') THEN
        RAISE EXCEPTION 'internal_events.events_default is in use' USING ERRCODE = 'lock_not_available';
    END IF;
    EXECUTE format('ALTER TABLE internal_events.events ATTACH PARTITION internal_events.%I FOR VALUES FROM (%L) TO (%L)',
                   name, week_begins, week_ends);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.create_partition(date) IS
    'Makes the log''s partition of a week and moves its events out of the default partition; false: in use, try later';
