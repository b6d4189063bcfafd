CREATE FUNCTION internal_events.summarize_log() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    pages_per_range constant integer := 64;
    own record;
    block bigint;
BEGIN
    FOR own IN
        SELECT i.indexrelid::regclass AS index, i.indrelid::regclass AS partition
          FROM pg_index i
          JOIN pg_inherits h ON h.inhrelid = i.indexrelid
         WHERE h.inhparent = 'internal_events.events_xid'::regclass
           AND i.indrelid IN ('internal_events.events_default'::regclass,
                              to_regclass('internal_events.events_' || to_char(
                                  internal_events.monday(internal_events.utc_day(clock_timestamp())), 'YYYYMMDD')))
    LOOP
        CONTINUE WHEN NOT internal_events.lock_log(ARRAY[own.partition], 'SHARE UPDATE EXCLUSIVE', 1);
        -- The last ranges still fill: a summary of theirs would have to be updated by every writer.
        block := (pg_relation_size(own.partition) / current_setting('block_size')::bigint / pages_per_range - 2) * pages_per_range;
        WHILE block >= 0 AND brin_summarize_range(own.index, block) > 0 LOOP
            block := block - pages_per_range;
        END LOOP;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.summarize_log() IS
    'Lets the log''s index know the pages that have filled since the last rollup, so that the next one need not read them';
