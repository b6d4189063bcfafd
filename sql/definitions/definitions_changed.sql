CREATE FUNCTION internal_events.definitions_changed() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ie_definitions_changed';
COMMENT ON FUNCTION internal_events.definitions_changed() IS
    'Tells every session that event definitions have changed';
CREATE TRIGGER definitions_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON internal_events.event_definitions
    FOR EACH STATEMENT EXECUTE FUNCTION internal_events.definitions_changed();
-- Also where a session that replicates writes them.
ALTER TABLE internal_events.event_definitions ENABLE ALWAYS TRIGGER definitions_changed;
COMMENT ON TRIGGER definitions_changed ON internal_events.event_definitions IS
    'Sessions that track events learn of the change without a reconnect';
