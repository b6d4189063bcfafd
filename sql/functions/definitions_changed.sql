CREATE FUNCTION internal_events.definitions_changed() RETURNS trigger
LANGUAGE c
AS 'MODULE_PATHNAME', 'ie_definitions_changed';
COMMENT ON FUNCTION internal_events.definitions_changed() IS
    'Tells every session that event definitions have changed';
