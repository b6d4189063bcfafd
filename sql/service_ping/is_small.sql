-- Where statistics know it, no lock is taken.
CREATE FUNCTION internal_events.is_small(relation regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE
               WHEN c.relkind = 'r' AND c.relpages > 0
               THEN c.relpages < 2048 AND pg_stat_get_live_tuples(c.oid) < 200000
               WHEN c.relkind = 'p'
               THEN coalesce((SELECT sum(pg_relation_size(t.relid)) FROM pg_partition_tree(relation) t WHERE t.isleaf), 0)
                    < 16 * 1024 * 1024
               ELSE coalesce(pg_relation_size(relation), 0) < 16 * 1024 * 1024
           END
      FROM pg_class c
     WHERE c.oid = relation;
END;
COMMENT ON FUNCTION internal_events.is_small(regclass) IS
    'Whether a relation is counted in one statement, in well under a second';
