-- No object of ours may mean one that is neither the system's nor hll's nor ours, for its owner could change what ours does.
DO $$
DECLARE
    foreign_name text;
BEGIN
    SELECT format('%s depends on %s', pg_describe_object(u.classid, u.objid, 0), pg_describe_object(u.refclassid, u.refobjid, 0))
      INTO foreign_name
      FROM pg_depend u
     CROSS JOIN LATERAL pg_identify_object(u.classid, u.objid, 0) AS ours
     CROSS JOIN LATERAL pg_identify_object(u.refclassid, u.refobjid, 0) AS used
     WHERE u.deptype IN ('n', 'a', 'i')
       AND u.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_class'::regclass,
                            'pg_opclass'::regclass, 'pg_cast'::regclass, 'pg_collation'::regclass)
       AND (ours.schema = 'internal_events'
            OR u.classid = 'pg_rewrite'::regclass
               AND EXISTS (SELECT FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
                            WHERE r.oid = u.objid AND c.relnamespace = 'internal_events'::regnamespace))
       AND used.schema NOT IN ('pg_catalog', 'internal_events')
       AND NOT EXISTS (SELECT FROM pg_depend m
                         JOIN pg_extension e ON e.oid = m.refobjid AND m.refclassid = 'pg_extension'::regclass
                        WHERE m.classid = u.refclassid AND m.objid = u.refobjid AND m.deptype = 'e'
                          AND e.extname IN ('hll', 'internal_events'))
       -- The array of a type belongs to an extension as its type does.
       AND NOT EXISTS (SELECT FROM pg_type t
                         JOIN pg_depend m ON m.classid = 'pg_type'::regclass AND m.objid = t.typelem AND m.deptype = 'e'
                        WHERE u.refclassid = 'pg_type'::regclass AND t.oid = u.refobjid)
     LIMIT 1;
    IF foreign_name IS NOT NULL THEN
        RAISE EXCEPTION '%', foreign_name USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Drop what it depends on, which has the name of one of PostgreSQL''s own objects.';
    END IF;
END
$$;
