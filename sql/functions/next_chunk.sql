CREATE FUNCTION internal_events.next_chunk(
    reader internal_events.readers, INOUT most integer,
    OUT seen pg_snapshot, OUT late bigint[], OUT xids bigint[], OUT lower bigint, OUT upper bigint, OUT has_more boolean)
RETURNS record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Ids whose lower 32 bits are 0, 1 or 2 are never given to a transaction, and a snapshot may not end in the first.
    forever constant bigint := (1::bigint << 61) + 3;
    ends bigint;
BEGIN
    -- Everything that came from another cluster is there, and nothing is in progress.
    seen := CASE WHEN reader.cluster_id = internal_events.cluster_id()
                 THEN internal_events.reader_snapshot(pg_current_snapshot(), pg_current_xact_id_if_assigned())
                 ELSE format('%1$s:%1$s:', forever)::pg_snapshot
            END;
    late := ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(reader.snapshot) x WHERE pg_visible_in_snapshot(x, seen));
    IF cardinality(late) > 0 AND (reader.partial_xid IS NULL OR reader.partial_xid = ANY (late)) THEN
        xids := CASE WHEN reader.partial_xid IS NULL THEN late ELSE ARRAY[reader.partial_xid] END;
        has_more := true;
    ELSE
        lower := pg_snapshot_xmax(reader.snapshot)::text::bigint;
        ends := pg_snapshot_xmax(seen)::text::bigint;
        UPDATE internal_events.forwarding f
           SET width = internal_events.choose_width(reader.cluster_id, lower, ends, f.width, next_chunk.most)
        RETURNING least(ends, lower + f.width) INTO upper;
        IF upper % (1::bigint << 32) = 0 THEN
            upper := upper + 3;
        END IF;
        has_more := cardinality(late) > 0 OR upper < ends;
    END IF;
    -- A single transaction of many events is sorted again for each chunk of it, so those are larger.
    IF upper = lower + 1 OR cardinality(xids) = 1 THEN
        most := most * 4;
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.next_chunk(internal_events.readers, integer) IS
    'Which events the forwarder reads next: of transactions that had not ended when it passed them, xids, or of a range of '
    'transaction ids; seen: a snapshot of what there is; late: all such transactions; most: how many events at most';
