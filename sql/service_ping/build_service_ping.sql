CREATE PROCEDURE internal_events.build_service_ping(INOUT id bigint DEFAULT NULL, force boolean DEFAULT false)
LANGUAGE c
AS '$libdir/internal_events_http', 'ie_build_service_ping';
COMMENT ON PROCEDURE internal_events.build_service_ping(bigint, boolean) IS
    'Measures all metrics and keeps the Service Ping of this ISO week, or returns the id of the one that is there; commits '
    'as it goes. force: another one for this week';
GRANT EXECUTE ON PROCEDURE internal_events.build_service_ping(bigint, boolean) TO internal_events_admin;
