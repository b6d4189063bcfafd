CREATE SCHEMA internal_events;
COMMENT ON SCHEMA internal_events IS 'Product analytics: the event log, buckets, definitions and metrics';
GRANT USAGE ON SCHEMA internal_events TO internal_events_reader, internal_events_admin;
