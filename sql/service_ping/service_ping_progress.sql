CREATE VIEW internal_events.service_ping_progress AS
SELECT p.id AS ping_id, p.recorded_at, p.backend_pid,
       coalesce(internal_events.session_start(p.backend_pid) = p.backend_start, false) AS is_running,
       c.measured, c.metrics, m.key_path, m.batch, m.batches
  FROM internal_events.service_pings p
 CROSS JOIN LATERAL (SELECT count(s.status) AS measured, count(*) AS metrics
                       FROM internal_events.service_ping_measurements s WHERE s.ping_id = p.id) c
  LEFT JOIN LATERAL (SELECT s.key_path, s.batch, s.batches
                       FROM internal_events.service_ping_measurements s
                      WHERE s.ping_id = p.id AND s.status IS NULL
                      ORDER BY s.position LIMIT 1) m ON true
 WHERE p.status = 'building';
COMMENT ON VIEW internal_events.service_ping_progress IS 'The Service Ping that is being built, and how far that is';
COMMENT ON COLUMN internal_events.service_ping_progress.ping_id IS 'service_pings.id';
COMMENT ON COLUMN internal_events.service_ping_progress.recorded_at IS 'When building began';
COMMENT ON COLUMN internal_events.service_ping_progress.backend_pid IS 'The process that builds it';
COMMENT ON COLUMN internal_events.service_ping_progress.is_running IS
    'Whether that process is still there; false: the next build_service_ping() goes on where it stopped';
COMMENT ON COLUMN internal_events.service_ping_progress.measured IS 'Metrics that have been measured';
COMMENT ON COLUMN internal_events.service_ping_progress.metrics IS 'Of how many';
COMMENT ON COLUMN internal_events.service_ping_progress.key_path IS 'The metric that is being measured';
COMMENT ON COLUMN internal_events.service_ping_progress.batch IS 'Batches of it that have been counted';
COMMENT ON COLUMN internal_events.service_ping_progress.batches IS 'Of how many, about; null: not known';
GRANT SELECT ON internal_events.service_ping_progress TO internal_events_admin;
