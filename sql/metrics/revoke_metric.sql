CREATE FUNCTION internal_events.revoke_metric(key_path text, role regrole) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name name := (SELECT f.view_name FROM internal_events.reported_metrics f
                        WHERE f.key_path = revoke_metric.key_path);
BEGIN
    IF view_name IS NOT NULL THEN
        EXECUTE format('REVOKE SELECT ON %I.%I FROM %s', internal_events.metrics_schema(), view_name, role);
    END IF;
    IF NOT EXISTS (SELECT
                     FROM pg_class c
                    CROSS JOIN LATERAL aclexplode(c.relacl) a
                    WHERE c.relnamespace = quote_ident(internal_events.metrics_schema())::regnamespace AND a.grantee = role) THEN
        PERFORM internal_events.metric_privileges(format('REVOKE {schema} FROM %s', role),
                                                  format('REVOKE {functions} FROM %s', role));
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.revoke_metric(text, regrole) IS 'Takes back what grant_metric() gave';
GRANT EXECUTE ON FUNCTION internal_events.revoke_metric(text, regrole) TO internal_events_admin;
