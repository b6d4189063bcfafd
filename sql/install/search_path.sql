-- Names in this script mean the system's objects, whatever stands in the schema that the extension goes to: what it calls there
-- would run with the rights of whoever creates the extension. Objects of hll are named with its schema.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
