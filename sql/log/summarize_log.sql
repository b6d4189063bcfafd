CREATE FUNCTION internal_events.summarize_log() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    pages_per_range constant integer := internal_events.pages_per_range();
    own record;
    block bigint;
BEGIN
    FOR own IN
        SELECT to_regclass(p.partition || '_xid') AS index, to_regclass(p.partition) AS partition
          FROM (VALUES ('internal_events.events_default'),
                       ('internal_events.events_' || to_char(
                           internal_events.monday(internal_events.utc_day(clock_timestamp())), 'YYYYMMDD'))) p (partition)
    LOOP
        CONTINUE WHEN own.index IS NULL OR NOT internal_events.lock_log(ARRAY[own.partition], 'SHARE UPDATE EXCLUSIVE', 1);
        -- The last ranges still fill: a summary of theirs would have to be updated by every writer.
        block := pg_relation_size(own.partition) / current_setting('block_size')::bigint;
        block := (block / pages_per_range - 2) * pages_per_range;
        WHILE block >= 0 AND brin_summarize_range(own.index, block) > 0 LOOP
            block := block - pages_per_range;
        END LOOP;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.summarize_log() IS
    'Lets the log''s index know the pages that have filled since the last rollup, so that the next one need not read them';
