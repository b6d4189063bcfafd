CREATE FUNCTION internal_events.ensure_reader(name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM internal_events.readers r
                WHERE r.name = ensure_reader.name AND r.cluster_id = internal_events.cluster_id() AND NOT r.finished) THEN
        RETURN;
    END IF;
    -- Clusters that events came from without any reader of theirs: nothing of them has been read.
    INSERT INTO internal_events.readers (name, cluster_id, snapshot)
    SELECT ensure_reader.name, c.cluster_id, '1:1:'
      FROM (SELECT internal_events.cluster_id() UNION SELECT e.cluster_id FROM internal_events.events e) AS c (cluster_id)
        ON CONFLICT DO NOTHING;
    -- A database that comes back to a cluster which it had left.
    UPDATE internal_events.readers r
       SET finished = false
     WHERE r.name = ensure_reader.name AND r.cluster_id = internal_events.cluster_id() AND r.finished;
END
$$;
COMMENT ON FUNCTION internal_events.ensure_reader(text) IS
    'Makes the row of a reader of the log for this cluster where there is none, and for clusters that its events came from';
