-- A restored dump brings its row beside the one that CREATE EXTENSION made: the oldest one counts, so users keep their
-- pseudonyms wherever the database goes.
CREATE TABLE internal_events.pseudonym_secrets (
    secret text NOT NULL,
    created_at timestamptz NOT NULL
);
ALTER TABLE internal_events.pseudonym_secrets REPLICA IDENTITY FULL;
INSERT INTO internal_events.pseudonym_secrets (secret, created_at)
VALUES (replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), clock_timestamp());
COMMENT ON TABLE internal_events.pseudonym_secrets IS
    'The key of pseudonyms where no setting names one; nobody may read it but superusers; the oldest row counts';
COMMENT ON COLUMN internal_events.pseudonym_secrets.secret IS 'The key';
COMMENT ON COLUMN internal_events.pseudonym_secrets.created_at IS 'When it was made';
SELECT pg_extension_config_dump('internal_events.pseudonym_secrets', '');
