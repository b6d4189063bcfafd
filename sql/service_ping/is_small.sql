CREATE FUNCTION internal_events.is_small(relation regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE c.relkind
               WHEN 'p' THEN coalesce((SELECT sum(pg_relation_size(t.relid)) FROM pg_partition_tree(relation) t WHERE t.isleaf), 0)
               ELSE coalesce(pg_relation_size(relation), 0)
           END < 16 * 1024 * 1024
      FROM pg_class c
     WHERE c.oid = relation;
END;
COMMENT ON FUNCTION internal_events.is_small(regclass) IS 'Whether a relation is counted in one statement, in well under a second';
