CREATE TRIGGER definitions_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON internal_events.event_definitions
    FOR EACH STATEMENT EXECUTE FUNCTION internal_events.definitions_changed();
COMMENT ON TRIGGER definitions_changed ON internal_events.event_definitions IS
    'Sessions that track events learn of the change without a reconnect';
