CREATE FUNCTION internal_events.relation_of(instrumentation jsonb) RETURNS regclass
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    parts text[] := string_to_array(instrumentation ->> 'relation', '.');
    name text := CASE cardinality(parts) WHEN 1 THEN format('public.%I', parts[1]) ELSE format('%I.%I', parts[1], parts[2]) END;
BEGIN
    IF to_regclass(name) IS NULL THEN
        RAISE EXCEPTION 'relation % does not exist', name
            USING ERRCODE = 'undefined_table',
                  HINT = 'Create it, or correct the key relation; without a schema, public is meant.';
    END IF;
    RETURN to_regclass(name);
END
$$;
COMMENT ON FUNCTION internal_events.relation_of(jsonb) IS 'The relation that a database metric counts';
