CREATE TABLE internal_events.bucket_merges (
    merged_through date PRIMARY KEY,
    merged_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE internal_events.bucket_merges IS
    'When old days were merged: up to the latest of these dates a rule has one row, day -infinity';
COMMENT ON COLUMN internal_events.bucket_merges.merged_through IS 'The last day that was merged';
COMMENT ON COLUMN internal_events.bucket_merges.merged_at IS 'When that was';
GRANT SELECT ON internal_events.bucket_merges TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.bucket_merges', '');
