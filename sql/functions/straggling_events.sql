-- Not part of the view that reads the log on from the rollup's position: what is rare must not weigh on every plan.
CREATE FUNCTION internal_events.straggling_events() RETURNS SETOF internal_events.events
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    here constant integer := internal_events.cluster_id();
    in_progress bigint[] := (SELECT p.in_progress FROM internal_events.rollup_position p);
    restored record;
BEGIN
    IF cardinality(in_progress) > 0 THEN
        RETURN QUERY
        SELECT e.* FROM internal_events.events e WHERE e.cluster_id = here AND e.xid = ANY (in_progress);
    END IF;
    FOR restored IN
        SELECT r.cluster_id, r.snapshot
          FROM internal_events.readers r
         WHERE r.name = 'rollup' AND r.cluster_id <> here AND NOT r.finished
    LOOP
        RETURN QUERY
        SELECT e.*
          FROM internal_events.events e
         WHERE e.cluster_id = restored.cluster_id
           AND NOT pg_visible_in_snapshot(e.xid::text::xid8, restored.snapshot);
    END LOOP;
    -- Between a restore and the first rollup after it there may be events of clusters that no rollup knows of.
    IF NOT EXISTS (SELECT FROM internal_events.readers r WHERE r.name = 'rollup' AND r.cluster_id = here) THEN
        RETURN QUERY
        SELECT e.*
          FROM internal_events.events e
         WHERE e.cluster_id <> here
           AND NOT EXISTS (SELECT FROM internal_events.readers r WHERE r.name = 'rollup' AND r.cluster_id = e.cluster_id);
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.straggling_events() IS
    'Unread events that lie behind the rollup''s position: of transactions that were in progress then, and of a restored '
    'dump, whose transaction ids mean nothing here and are judged by the snapshot that came with them';
