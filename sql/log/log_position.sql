-- A standby does not list the transactions in progress, so there all from the oldest one on count as such.
CREATE FUNCTION internal_events.log_position() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN internal_events.cluster_id() || ' ' || CASE
    WHEN pg_is_in_recovery() THEN format('%1$s:%1$s:', pg_snapshot_xmin(pg_current_snapshot()))
    ELSE pg_current_snapshot()::text
END;
COMMENT ON FUNCTION internal_events.log_position() IS
    'How much of the log is visible now, for events_since() to go on from there; in another cluster it means nothing';
GRANT EXECUTE ON FUNCTION internal_events.log_position() TO internal_events_reader, internal_events_admin;
