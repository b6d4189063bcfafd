-- A class without an entry falls back to the built-in metric of the key path, as with GitLab's own uuid or recorded_at.
CREATE FUNCTION internal_events.resolve_instrumentation(compiled jsonb) RETURNS jsonb
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(
        nullif(compiled -> 'instrumentation', 'null'),
        (SELECT i.instrumentation
           FROM internal_events.instrumentations i
          WHERE i.instrumentation_class = compiled ->> 'instrumentation_class'
            AND i.options IN (coalesce(compiled -> 'options', 'null'), 'null')
          ORDER BY i.options = 'null'
          LIMIT 1),
        (SELECT b.instrumentation FROM internal_events.built_in_metrics b
          WHERE b.key_path = compiled ->> 'key_path' AND jsonb_array_length(compiled -> 'rules') = 0));
END;
COMMENT ON FUNCTION internal_events.resolve_instrumentation(jsonb) IS
    'How a compiled metric definition is calculated: as it says itself, as its class or the built-in metric is; null: unknown';
