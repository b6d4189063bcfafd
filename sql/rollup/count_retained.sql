CREATE FUNCTION internal_events.count_retained() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET work_mem = '64MB' SET enable_sort = off SET enable_nestloop = off SET jit = off
AS $$
DECLARE
    new_rules integer[];
BEGIN
    IF NOT EXISTS (SELECT FROM internal_events.rules r WHERE NOT r.is_counted) THEN
        RETURN;
    END IF;
    -- What a rollup reads while these rules are not committed would be missing from their buckets.
    IF NOT internal_events.lock_reader('rollup', wait => true) THEN
        RAISE EXCEPTION 'a dump is being restored into this database'
            USING ERRCODE = 'object_in_use', HINT = 'Load metrics when that is done.';
    END IF;
    PERFORM FROM internal_events.readers r WHERE r.name = 'rollup' FOR UPDATE;
    -- Not before the lock, for which another session may have kept us waiting that has counted them.
    WITH counted AS (
        UPDATE internal_events.rules r SET is_counted = true WHERE NOT r.is_counted RETURNING r.id
    )
    SELECT array_agg(c.id) INTO new_rules FROM counted c;
    IF new_rules IS NULL THEN
        RETURN;
    END IF;
    -- What a rollup folded before is among what the log has.
    DELETE FROM internal_events.buckets b WHERE b.rule_id = ANY (new_rules);
    INSERT INTO internal_events.buckets (rule_id, day, sketch, total, sum)
    SELECT t.rule_id, t.day, t.sketch, t.total, t.sum
      FROM internal_events.tracked_buckets t
     WHERE NOT t.unread AND t.rule_id = ANY (new_rules);
END
$$;
COMMENT ON FUNCTION internal_events.count_retained() IS
    'Counts, for rules that are new, the events that the log still has and that the rollup has read already';
GRANT EXECUTE ON FUNCTION internal_events.count_retained() TO internal_events_admin;
