CREATE FUNCTION internal_events.is_known_small(relation regclass) RETURNS boolean
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN c.relkind = 'r' AND c.relpages > 0
                THEN c.relpages < 2048 AND pg_stat_get_live_tuples(c.oid) < 200000
           END
      FROM pg_class c
     WHERE c.oid = relation;
END;
COMMENT ON FUNCTION internal_events.is_known_small(regclass) IS
    'Whether statistics say that a table is counted in one statement; null: they do not know it. Takes no lock';
