CREATE FUNCTION internal_events.partition_weeks(OUT partition regclass, OUT monday date) RETURNS SETOF record
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.oid::regclass, substr(c.relname::text, 8)::date
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'internal_events.events'::regclass AND c.relname ~ '^events_[0-9]{8}$'
     ORDER BY 2;
END;
COMMENT ON FUNCTION internal_events.partition_weeks() IS 'The partitions of the log, each an ISO week of UTC from Monday';
GRANT EXECUTE ON FUNCTION internal_events.partition_weeks() TO internal_events_admin;
