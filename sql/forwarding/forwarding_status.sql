CREATE VIEW internal_events.forwarding_status AS
SELECT internal_events.forwarding_state(f) AS state,
       u.events + q.events AS backlog,
       q.events AS queued,
       least(u.oldest, q.oldest) AS oldest,
       clock_timestamp() - least(u.oldest, q.oldest) AS lag,
       nullif(f.run_delivered, 0) / nullif(extract(epoch FROM f.last_delivery_at - f.run_began_at), 0) AS rate,
       f.last_error, f.last_error_at,
       CASE WHEN f.next_attempt_at > clock_timestamp() THEN f.next_attempt_at END AS next_attempt_at,
       f.last_delivery_at, f.delivered, f.not_eligible,
       (SELECT count(*) FROM internal_events.forwarding_failures) AS failures, f.discarded, f.dropped
  FROM internal_events.forwarding f
 CROSS JOIN LATERAL (
       SELECT count(*) AS events, min(coalesce(e.occurred_at, e.tracked_at)) AS oldest
         FROM internal_events.waiting_events e) u
 CROSS JOIN LATERAL (
       SELECT count(*) AS events, min(to_timestamp((q.parameters::json ->> 'dtm')::numeric / 1000)) AS oldest
         FROM internal_events.forwarding_queue q) q;
COMMENT ON VIEW internal_events.forwarding_status IS
    'How forwarding to a Snowplow collector goes; counts the unread part of the log, which takes a second for ten million events';
COMMENT ON COLUMN internal_events.forwarding_status.state IS
    'off: there is no address; sending; ready: the next run sends what waits; backing off: the collector is out of order; '
    'paused: the address or its access is wrong';
COMMENT ON COLUMN internal_events.forwarding_status.backlog IS 'Events that wait, those in the queue included';
COMMENT ON COLUMN internal_events.forwarding_status.queued IS 'Events that have been tried or are on their way';
COMMENT ON COLUMN internal_events.forwarding_status.oldest IS 'When the oldest of them happened; null: nothing waits';
COMMENT ON COLUMN internal_events.forwarding_status.lag IS 'How long ago that is';
COMMENT ON COLUMN internal_events.forwarding_status.rate IS
    'Events a second that the last run delivered; null: it delivered none';
COMMENT ON COLUMN internal_events.forwarding_status.last_error IS 'What last went wrong; null: nothing since the last delivery';
COMMENT ON COLUMN internal_events.forwarding_status.last_error_at IS 'When';
COMMENT ON COLUMN internal_events.forwarding_status.next_attempt_at IS 'Nothing is sent before; null: the next run sends';
COMMENT ON COLUMN internal_events.forwarding_status.last_delivery_at IS 'When the collector last took something';
COMMENT ON COLUMN internal_events.forwarding_status.delivered IS 'Events that the collector has taken';
COMMENT ON COLUMN internal_events.forwarding_status.not_eligible IS
    'Events that were read and not sent: see forwarding_eligibility';
COMMENT ON COLUMN internal_events.forwarding_status.failures IS 'Events in forwarding_failures';
COMMENT ON COLUMN internal_events.forwarding_status.discarded IS 'Events that an administrator gave up';
COMMENT ON COLUMN internal_events.forwarding_status.dropped IS
    'Events that were lost unsent with their partition, after internal_events.forwarding_retention';
GRANT SELECT ON internal_events.forwarding_status TO internal_events_admin;
