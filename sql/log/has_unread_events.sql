CREATE FUNCTION internal_events.has_unread_events(partition regclass, reader text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %s e '
        'LEFT JOIN internal_events.readers r ON r.name = $1 AND r.cluster_id = e.cluster_id '
        'WHERE r.name IS NULL '
        'OR (NOT r.finished AND e.xid >= pg_snapshot_xmin(r.snapshot)::text::bigint '
        'AND NOT pg_visible_in_snapshot(e.xid::text::xid8, r.snapshot)))', partition) INTO found USING reader;
    RETURN found;
END
$$;
COMMENT ON FUNCTION internal_events.has_unread_events(regclass, text) IS
    'Whether a partition of the log has an event that a reader has not read';
