CREATE FUNCTION internal_events.pages_per_range(index regclass) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT o.option_value::integer
      FROM pg_class c
     CROSS JOIN LATERAL pg_options_to_table(c.reloptions) o
     WHERE c.oid = index AND o.option_name = 'pages_per_range';
END;
COMMENT ON FUNCTION internal_events.pages_per_range(regclass) IS 'How many pages an index of the log summarizes together';
