CREATE FUNCTION internal_events.column_type(relation regclass, column_name text) RETURNS regtype
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type regtype := (SELECT a.atttypid
                       FROM pg_attribute a
                      WHERE a.attrelid = relation AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    IF type IS NULL THEN
        RAISE EXCEPTION 'relation % has no column "%"', relation, column_name
            USING ERRCODE = 'undefined_column', HINT = 'Name a column that it has.';
    END IF;
    RETURN type;
END
$$;
COMMENT ON FUNCTION internal_events.column_type(regclass, text) IS 'The type of a column; an error where there is none';
