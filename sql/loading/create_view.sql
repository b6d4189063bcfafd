CREATE FUNCTION internal_events.create_view(command text, owner name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF owner = 'internal_events_metrics' THEN
        PERFORM internal_events.create_view_as_metrics(command);
    ELSE
        EXECUTE command;
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.create_view(text, name) IS 'Runs CREATE VIEW with the rights of the view''s owner';
