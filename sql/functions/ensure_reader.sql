CREATE FUNCTION internal_events.ensure_reader(name text) RETURNS void
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO internal_events.readers (name, cluster_id, snapshot)
    VALUES (ensure_reader.name, internal_events.cluster_id(), '1:1:')
        ON CONFLICT DO NOTHING;
END;
COMMENT ON FUNCTION internal_events.ensure_reader(text) IS
    'Makes the row of a reader of the log that has read nothing of this cluster yet';
