-- Everything that makes up the extension, one line a fact, without numbers that differ from one installation to the next.
WITH members AS (
    SELECT d.classid, d.objid
      FROM pg_depend d
      JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
     WHERE e.extname = 'internal_events'
), relations AS (
    SELECT c.* FROM members m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
), functions AS (
    SELECT p.* FROM members m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
), facts AS (
    SELECT 'member: ' || (pg_identify_object(m.classid, m.objid, 0)).identity AS fact FROM members m
    UNION ALL
    SELECT format('comment on %s: %s', (pg_identify_object(d.classoid, d.objoid, d.objsubid)).identity, d.description)
      FROM members m
      JOIN pg_description d ON d.classoid = m.classid AND d.objoid = m.objid
    UNION ALL
    SELECT format('function %s: %s', p.oid::regprocedure,
                  CASE WHEN p.prokind = 'a' THEN to_jsonb(a)::text ELSE pg_get_functiondef(p.oid) END)
      FROM functions p
      LEFT JOIN LATERAL (SELECT g.aggtransfn, g.aggfinalfn, g.aggtranstype::regtype, g.aggtransspace
                           FROM pg_aggregate g WHERE g.aggfnoid = p.oid) a ON true
    UNION ALL
    SELECT format('privileges on function %s: %s', p.oid::regprocedure,
                  (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) acl))
      FROM functions p
    UNION ALL
    SELECT format('privileges on %s: %s', c.oid::regclass,
                  (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(coalesce(c.relacl, acldefault('r', c.relowner))) acl))
      FROM relations c
    UNION ALL
    -- What of them pg_dump takes for the extension's own, and so leaves out.
    SELECT format('initial privileges on %s: %s', (pg_identify_object(i.classoid, i.objoid, 0)).identity,
                  (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(i.initprivs) acl))
      FROM members m
      JOIN pg_init_privs i ON i.classoid = m.classid AND i.objoid = m.objid AND i.objsubid = 0
      LEFT JOIN relations c ON i.classoid = 'pg_class'::regclass AND c.oid = i.objoid
     WHERE i.initprivs IS DISTINCT FROM acldefault('r', c.relowner)
    UNION ALL
    SELECT format('column %s.%s: %s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                  a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
      FROM relations c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT format('order of columns of %s: %s', c.oid::regclass, string_agg(a.attname, ', ' ORDER BY a.attnum))
      FROM relations c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     GROUP BY c.oid
    UNION ALL
    SELECT format('constraint %s on %s: %s', n.conname, c.oid::regclass, pg_get_constraintdef(n.oid))
      FROM relations c JOIN pg_constraint n ON n.conrelid = c.oid
    UNION ALL
    SELECT format('index: %s', pg_get_indexdef(i.indexrelid)) FROM relations c JOIN pg_index i ON i.indrelid = c.oid
    UNION ALL
    SELECT format('trigger: %s', pg_get_triggerdef(t.oid)) FROM relations c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT format('view %s: %s', c.oid::regclass, pg_get_viewdef(c.oid)) FROM relations c WHERE c.relkind = 'v'
    UNION ALL
    SELECT format('partitioned %s: %s', c.oid::regclass, pg_get_partkeydef(c.oid)) FROM relations c WHERE c.relkind = 'p'
    UNION ALL
    SELECT format('schema %s: %s', n.nspname, (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(n.nspacl) acl))
      FROM members m JOIN pg_namespace n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
    UNION ALL
    SELECT format('dumped with its rows: %s %s', t.oid::regclass, t.condition)
      FROM pg_extension e
     CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS t (oid, condition)
     WHERE e.extname = 'internal_events'
)
SELECT fact FROM facts ORDER BY fact COLLATE "C";
