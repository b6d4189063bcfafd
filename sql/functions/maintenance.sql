CREATE FUNCTION internal_events.maintenance(OUT action text, OUT object text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    merged bigint;
BEGIN
    -- Partitions come last: their locks last until the end.
    merged := internal_events.merge_buckets();
    IF merged > 0 THEN
        RETURN QUERY SELECT 'merged', merged || ' buckets';
    END IF;
    RETURN QUERY SELECT 'dropped', d FROM internal_events.drop_partitions() d;
    RETURN QUERY SELECT 'created', c FROM internal_events.create_partitions() c;
END
$$;
COMMENT ON FUNCTION internal_events.maintenance() IS
    'Makes partitions ahead, drops old ones, merges old buckets; neither waits for nor blocks a writer; returns what it did';
