CREATE FUNCTION internal_events.queue_forwarding_portion(
    most integer, OUT event_ids uuid[], OUT parameters text[], OUT has_more boolean)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reader internal_events.readers;
    chunk record;
    queued record;
    is_cut boolean;
BEGIN
    IF NOT internal_events.lock_reader('forwarder', true) THEN
        has_more := false;
        RETURN;
    END IF;
    -- Events that a dump brought from a cluster where nothing was forwarded.
    INSERT INTO internal_events.readers (name, cluster_id, snapshot)
    SELECT 'forwarder', r.cluster_id, '1:1:' FROM internal_events.readers r WHERE r.name = 'rollup'
        ON CONFLICT DO NOTHING;
    -- What came from another cluster first: that ends.
    SELECT r.* INTO STRICT reader
      FROM internal_events.readers r
     WHERE r.name = 'forwarder' AND NOT r.finished
     ORDER BY r.cluster_id = internal_events.cluster_id(), r.cluster_id
     LIMIT 1;
    chunk := internal_events.next_forwarding_chunk(reader, most);
    queued := internal_events.queue_forwarding_chunk(reader, chunk.xids, chunk.lower, chunk.upper, chunk.seen, chunk.most);
    event_ids := queued.event_ids;
    parameters := queued.parameters;
    is_cut := queued.events = chunk.most;
    has_more := is_cut OR chunk.has_more;
    UPDATE internal_events.readers r
       SET snapshot = internal_events.snapshot_below(
               chunk.seen,
               CASE WHEN chunk.xids IS NOT NULL THEN pg_snapshot_xmax(reader.snapshot)::text::bigint
                    WHEN is_cut THEN queued.last_xid
                    ELSE chunk.upper
               END,
               ARRAY(SELECT l FROM unnest(chunk.late) l
                      WHERE (l = ANY (chunk.xids)) IS NOT TRUE OR is_cut AND l >= queued.last_xid)),
           finished = NOT has_more AND r.cluster_id <> internal_events.cluster_id(),
           partial_xid = CASE WHEN is_cut THEN queued.last_xid END,
           partial_id = CASE WHEN is_cut THEN queued.last_id END,
           read_at = clock_timestamp()
     WHERE r.name = reader.name AND r.cluster_id = reader.cluster_id;
    has_more := has_more OR reader.cluster_id <> internal_events.cluster_id();
END
$$;
COMMENT ON FUNCTION internal_events.queue_forwarding_portion(integer) IS
    'Reads the next events of the log for the forwarder, about so many at most, and puts those that may be sent into the queue';
