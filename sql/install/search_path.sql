-- Names in this script mean the system's objects and hll's, whatever stands in the schema that the extension goes to.
SELECT pg_catalog.set_config('search_path',
                             pg_catalog.format('pg_catalog, %I, pg_temp', n.nspname), true)
  FROM pg_catalog.pg_extension e
  JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname = 'hll';
