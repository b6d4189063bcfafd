CREATE FUNCTION internal_events.metric_sum(key_paths text[]) RETURNS numeric
LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN count(v.value) = count(*) THEN sum(v.value::numeric) END
      FROM (SELECT nullif(internal_events.metric_value(k), 'null') AS value FROM unnest(key_paths) k OFFSET 0) v;
END;
COMMENT ON FUNCTION internal_events.metric_sum(text[]) IS 'The sum of metrics; null where one of them is null';
GRANT EXECUTE ON FUNCTION internal_events.metric_sum(text[])
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
