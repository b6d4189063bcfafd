CREATE FUNCTION internal_events.sketch_expression(relation regclass, column_name text) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN format('internal_events.sketch_of(internal_events.element(r.%I::%s))', column_name,
              CASE WHEN internal_events.column_type(relation, column_name)
                        IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)
                   THEN 'bigint' ELSE 'text'
              END);
COMMENT ON FUNCTION internal_events.sketch_expression(regclass, text) IS 'The SQL of the sketch of a column''s values';
