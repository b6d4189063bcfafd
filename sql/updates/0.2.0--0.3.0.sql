-- include what can be replaced

-- The update from 0.1 to 0.2.0 had made all privileges count as the extension's, so that pg_dump left out what an
-- administrator had granted before.
UPDATE pg_init_privs i
   SET initprivs = ARRAY(SELECT given.item
                           FROM unnest(i.initprivs) AS given (item)
                          WHERE EXISTS (SELECT FROM aclexplode(ARRAY[given.item]) x
                                         WHERE x.grantee = x.grantor OR x.grantee::regrole::text ~ '^internal_events_'))
  FROM pg_depend d
  JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
 WHERE e.extname = 'internal_events' AND d.classid = i.classoid AND d.objid = i.objoid;
