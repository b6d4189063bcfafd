CREATE FUNCTION internal_events.is_select(query text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM internal_events.check_select(query);
    RETURN true;
EXCEPTION WHEN syntax_error THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION internal_events.is_select(text) IS 'Whether a text is exactly one SELECT; an expression is none';
