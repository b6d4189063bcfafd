CREATE TABLE internal_events.redis_imports (
    rule_id integer NOT NULL,
    week date NOT NULL,
    redis_key text NOT NULL,
    value bigint,
    digest bytea,
    imported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rule_id, week, redis_key)
);
COMMENT ON TABLE internal_events.redis_imports IS
    'What was taken over from Redis, so that it can be taken over again when it has grown, and nothing counts twice';
COMMENT ON COLUMN internal_events.redis_imports.rule_id IS 'rules.id';
COMMENT ON COLUMN internal_events.redis_imports.week IS 'The Monday of the key''s week; -infinity: the key is for all time';
COMMENT ON COLUMN internal_events.redis_imports.redis_key IS 'The key as event, filter and identifier give it';
COMMENT ON COLUMN internal_events.redis_imports.value IS 'The count of a counter; null for sketches';
COMMENT ON COLUMN internal_events.redis_imports.digest IS
    'SHA-256 of a sketch''s registers as Redis kept them; null for counters';
COMMENT ON COLUMN internal_events.redis_imports.imported_at IS 'When that was';
GRANT SELECT ON internal_events.redis_imports TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.redis_imports', '');
