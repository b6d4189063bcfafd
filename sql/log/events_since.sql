CREATE FUNCTION internal_events.events_since(
    names text[], since text, most integer, OUT id uuid, OUT event_name text, OUT tracked_at timestamptz,
    OUT occurred_at timestamptz, OUT user_id bigint, OUT project_id bigint, OUT namespace_id bigint, OUT category text,
    OUT additional_properties jsonb, OUT found bigint)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    patience constant interval := '200 ms';
    here constant integer := internal_events.cluster_id();
    newest constant bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1;
    is_known constant boolean := coalesce(split_part(since, ' ', 1) = here::text, false);
    seen pg_snapshot;
    oldest bigint;
    stragglers bigint[] := '{}';
BEGIN
    IF is_known THEN
        -- What a snapshot did not see and this one may: all from its xmax on, and of those in progress the ones that are over.
        seen := split_part(since, ' ', 2);
        oldest := pg_snapshot_xmax(seen)::text::bigint;
        stragglers := ARRAY(SELECT x.xid::text::bigint
                              FROM pg_snapshot_xip(seen) AS x (xid)
                             WHERE pg_visible_in_snapshot(x.xid, pg_current_snapshot())
                             ORDER BY 1);
    ELSE
        -- Of ever more of the last transactions, as long as that is quick.
        FOR digits IN 3..7 LOOP
            oldest := greatest(newest - (10 ^ digits)::bigint, 0);
            EXIT WHEN oldest = 0 OR clock_timestamp() - statement_timestamp() > patience
                   OR most = (SELECT count(*)
                                FROM (SELECT
                                        FROM internal_events.events e
                                        JOIN internal_events.event_definitions d ON d.id = e.event_definition_id
                                       WHERE d.name = ANY (names) AND e.cluster_id = here
                                         AND e.xid BETWEEN oldest AND newest
                                       LIMIT most) AS last);
        END LOOP;
    END IF;
    -- Both conditions have a range of transaction ids: the planner takes that for a narrow one and uses the log's indexes.
    RETURN QUERY
    SELECT e.id, d.name, e.tracked_at, e.occurred_at, e.user_id, e.project_id, e.namespace_id,
           coalesce(e.context ->> 'category', d.category), e.additional_properties,
           CASE WHEN is_known THEN count(*) OVER () ELSE 0 END
      FROM internal_events.events e
      JOIN internal_events.event_definitions d ON d.id = e.event_definition_id
     WHERE d.name = ANY (names)
       AND e.cluster_id = here
       AND (e.xid BETWEEN oldest AND newest
            OR e.xid = ANY (stragglers) AND e.xid BETWEEN stragglers[1] AND oldest - 1)
     ORDER BY e.tracked_at DESC, e.id DESC
     LIMIT most;
END
$$;
COMMENT ON FUNCTION internal_events.events_since(text[], text, integer) IS
    'The newest events of these names that have become visible since a log_position(), as their transaction committed, and how '
    'many were found; where since is null, or of another cluster, the newest of all, of which none is new: found is 0';
GRANT EXECUTE ON FUNCTION internal_events.events_since(text[], text, integer) TO internal_events_reader, internal_events_admin;
