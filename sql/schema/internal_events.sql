CREATE SCHEMA internal_events;
COMMENT ON SCHEMA internal_events IS 'Product analytics: the event log, buckets, definitions and metrics';
