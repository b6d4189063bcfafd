CREATE FUNCTION internal_events.merge_buckets() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_day date := internal_events.utc_day(clock_timestamp() - internal_events.bucket_retention()) - 1;
    merged bigint;
BEGIN
    -- A rollup beside it would add to days that are being merged.
    IF NOT internal_events.lock_reader('rollup', wait => true) THEN
        RETURN 0;
    END IF;
    -- A statement of its own: only its snapshot sees what another one merged that had the lock.
    IF last_day <= (SELECT p.merged_through FROM internal_events.rollup_position p) THEN
        RETURN 0;
    END IF;
    WITH old AS (
        DELETE FROM internal_events.buckets b WHERE b.day > '-infinity' AND b.day <= last_day RETURNING b.*
    ), united AS (
        INSERT INTO internal_events.buckets AS b (rule_id, day, sketch, total, sum)
        SELECT o.rule_id, '-infinity', internal_events.sketch_union(o.sketch), sum(o.total), sum(o.sum)
          FROM old o
         GROUP BY o.rule_id
            ON CONFLICT (rule_id, day) DO UPDATE
           SET sketch = internal_events.union_keeping(b.sketch, excluded.sketch),
               total = b.total + excluded.total,
               sum = coalesce(b.sum + excluded.sum, b.sum, excluded.sum)
    )
    SELECT count(*) INTO merged FROM old;
    DELETE FROM internal_events.bucket_merges;
    INSERT INTO internal_events.bucket_merges (merged_through) VALUES (last_day);
    RETURN merged;
END
$$;
COMMENT ON FUNCTION internal_events.merge_buckets() IS
    'Merges days older than internal_events.bucket_retention into one row a rule; returns the buckets merged';
