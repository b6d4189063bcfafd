CREATE FUNCTION internal_events.drop_metric_views(view_names name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view_name text;
BEGIN
    FOR view_name IN SELECT format('%I.%I', internal_events.metrics_schema(), v) FROM unnest(view_names) v LOOP
        IF to_regclass(view_name) IS NOT NULL THEN
            EXECUTE 'DROP VIEW ' || view_name;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION internal_events.drop_metric_views(name[]) IS
    'Drops the views of metrics that are no longer reported, unless they went with a table';
