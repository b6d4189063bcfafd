CREATE FUNCTION internal_events.create_metric_view(view_name name, query text, description text, kind text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner name := CASE WHEN internal_events.runs_as_reader(kind) THEN 'internal_events_metrics' ELSE current_user END;
    name text := format('%I.%I', internal_events.metrics_schema(), view_name);
    command text := format('CREATE OR REPLACE VIEW %s AS %s', name, query);
    grants text[] := '{}';
    granted text;
BEGIN
    -- A view reads tables with its owner's rights: ours for buckets, the reader's for what a definition names.
    IF to_regclass(name) IS NOT NULL THEN
        EXECUTE format('ALTER VIEW %s OWNER TO %I', name, owner);
    ELSE
        grants := ARRAY[format('GRANT SELECT ON %s TO internal_events_reader, internal_events_admin', name)];
    END IF;
    FOR attempt IN 1 .. 2 LOOP
        BEGIN
            IF owner = 'internal_events_metrics' THEN
                PERFORM internal_events.create_view_as_metrics(command);
            ELSE
                EXECUTE command;
            END IF;
            EXIT;
        EXCEPTION WHEN invalid_table_definition THEN
            -- A sum has another type than a count, so the view is made anew, with the grants that it had.
            SELECT array_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, name,
                                    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                                    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
              INTO grants
              FROM pg_class c
             CROSS JOIN LATERAL aclexplode(c.relacl) a
             WHERE c.oid = name::regclass AND a.grantee <> c.relowner;
            EXECUTE 'DROP VIEW ' || name;
        END;
    END LOOP;
    FOREACH granted IN ARRAY coalesce(grants, '{}') LOOP
        EXECUTE granted;
    END LOOP;
    EXECUTE format('COMMENT ON VIEW %s IS %L', name, description);
    EXECUTE format('COMMENT ON COLUMN %s.value IS %L', name, 'The value of the metric');
END
$$;
COMMENT ON FUNCTION internal_events.create_metric_view(name, text, text, text) IS
    'Makes the view of a metric and time frame, or makes it anew with the privileges that it has';
