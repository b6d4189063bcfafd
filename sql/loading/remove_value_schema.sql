CREATE FUNCTION internal_events.remove_value_schema(path text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM internal_events.value_schemas s WHERE s.path = remove_value_schema.path;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION internal_events.remove_value_schema(text) IS
    'Takes back load_value_schema(): values are no longer held against the schema; false where there was none';
GRANT EXECUTE ON FUNCTION internal_events.remove_value_schema(text) TO internal_events_admin;
