CREATE FUNCTION internal_events.drop_metric_views(view_names name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name name;
BEGIN
    FOREACH view_name IN ARRAY view_names LOOP
        EXECUTE format('DROP VIEW %I.%I', internal_events.metrics_schema(), view_name);
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.drop_metric_views(name[]) IS 'Drops the views of metrics that are no longer reported';
