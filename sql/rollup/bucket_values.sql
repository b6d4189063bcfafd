CREATE VIEW internal_events.bucket_values AS
SELECT b.rule_id, b.day, b.sketch, b.total, b.sum FROM internal_events.buckets b
UNION ALL
SELECT u.rule_id, u.day, u.sketch, u.total, u.sum FROM internal_events.tracked_buckets u WHERE u.unread;
COMMENT ON VIEW internal_events.bucket_values IS
    'Buckets and the unread tail of the log: everything that is tracked; several rows a rule and day, to be united';
COMMENT ON COLUMN internal_events.bucket_values.rule_id IS 'rules.id';
COMMENT ON COLUMN internal_events.bucket_values.sketch IS 'The elements, of a unique rule';
COMMENT ON COLUMN internal_events.bucket_values.total IS 'The number of events, of any other rule';
COMMENT ON COLUMN internal_events.bucket_values.sum IS 'The sum of values, of a rule with sum(value)';
COMMENT ON COLUMN internal_events.bucket_values.day IS 'The day of UTC; -infinity: all days that have been merged';
GRANT SELECT ON internal_events.bucket_values TO internal_events_admin;
