CREATE FUNCTION internal_events.next_forwarding_chunk(
    reader internal_events.readers, INOUT most integer,
    OUT seen pg_snapshot, OUT late bigint[], OUT xids bigint[], OUT lower bigint, OUT upper bigint, OUT has_more boolean)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ends bigint;
BEGIN
    lower := pg_snapshot_xmax(reader.snapshot)::text::bigint;
    IF reader.cluster_id = internal_events.cluster_id() THEN
        seen := internal_events.reader_snapshot(pg_current_snapshot(), pg_current_xact_id_if_assigned());
    ELSE
        -- The database may go back there.
        seen := internal_events.end_of_log(reader);
    END IF;
    late := ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(reader.snapshot) x WHERE pg_visible_in_snapshot(x, seen));
    IF cardinality(late) > 0 AND (reader.partial_xid IS NULL OR reader.partial_xid = ANY (late)) THEN
        xids := CASE WHEN reader.partial_xid IS NULL THEN late ELSE ARRAY[reader.partial_xid] END;
        lower := NULL;
        has_more := true;
    ELSE
        ends := pg_snapshot_xmax(seen)::text::bigint;
        UPDATE internal_events.forwarding f
           SET width = internal_events.forwarding_width(reader.cluster_id, lower, ends, f.width, next_forwarding_chunk.most)
        RETURNING least(ends, internal_events.transaction_id(lower + f.width)) INTO upper;
        has_more := cardinality(late) > 0 OR upper < ends;
    END IF;
    -- A single transaction of many events is sorted again for each chunk of it, so those are larger.
    IF upper = lower + 1 OR cardinality(xids) = 1 THEN
        most := most * 4;
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.next_forwarding_chunk(internal_events.readers, integer) IS
    'Which events the forwarder reads next: of transactions that had not ended when it passed them, xids, or of a range of '
    'transaction ids; seen: a snapshot of what there is; late: all such transactions; most: how many events at most';
