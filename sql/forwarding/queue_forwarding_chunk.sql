CREATE FUNCTION internal_events.queue_forwarding_chunk(
    reader internal_events.readers, xids bigint[], lower bigint, upper bigint, seen pg_snapshot, most integer,
    OUT event_ids uuid[], OUT parameters text[], OUT events bigint, OUT last_xid bigint, OUT last_id uuid)
RETURNS record
LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_custom_plan
    SET enable_seqscan = off
    SET jit = off
AS $$
DECLARE
    kept_back bigint;
BEGIN
    WITH chunk AS MATERIALIZED (
        SELECT e.*
          FROM internal_events.events e
         WHERE e.cluster_id = reader.cluster_id
           AND (xids IS NULL AND e.xid >= lower AND e.xid < upper OR e.xid = ANY (xids))
           AND pg_visible_in_snapshot(e.xid::text::xid8, seen)
           AND (e.xid = reader.partial_xid AND e.id <= reader.partial_id) IS NOT TRUE
         ORDER BY e.xid, e.id
         LIMIT most
    ), built AS MATERIALIZED (
        SELECT b.* FROM internal_events.forwarding_parameters(ARRAY(SELECT ROW(c.*)::internal_events.events FROM chunk c)) b
    ), queued AS (
        INSERT INTO internal_events.forwarding_queue AS q (event_id, event_definition_id, parameters)
        SELECT b.event_id, b.event_definition_id, b.parameters FROM built b WHERE b.parameters IS NOT NULL
            ON CONFLICT DO NOTHING
        RETURNING q.event_id, q.parameters
    ), failed AS (
        INSERT INTO internal_events.forwarding_failures (event_id, event_definition_id, event_name, reason)
        SELECT b.event_id, b.event_definition_id, b.event_name, b.fault FROM built b WHERE b.fault IS NOT NULL
            ON CONFLICT DO NOTHING
    )
    SELECT q.event_ids, q.parameters, c.events, c.last_xid, c.last_id, b.kept_back
      INTO event_ids, parameters, events, last_xid, last_id, kept_back
      FROM (SELECT array_agg(q.event_id) AS event_ids, array_agg(q.parameters) AS parameters FROM queued q) q
     CROSS JOIN (SELECT count(*) AS kept_back FROM built b WHERE NOT b.is_eligible) b
     CROSS JOIN (SELECT count(*) AS events, max(c.xid) AS last_xid,
                        (array_agg(c.id ORDER BY c.xid DESC, c.id DESC))[1] AS last_id
                   FROM chunk c) c;
    UPDATE internal_events.forwarding f SET not_eligible = f.not_eligible + kept_back WHERE kept_back > 0;
END
$$;
COMMENT ON FUNCTION internal_events.queue_forwarding_chunk(
    internal_events.readers, bigint[], bigint, bigint, pg_snapshot, integer) IS
    'Makes parameters of the first events that next_forwarding_chunk() names, and queues them; events: how many there were, '
    'last: the last of them by transaction and id';
