CREATE FUNCTION internal_events.event_values(
    OUT key_path text, OUT value jsonb, OUT standard_error double precision, OUT status text, OUT sqlstate text,
    OUT message text, OUT elapsed double precision)
RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    ran record;
BEGIN
    SELECT * INTO ran
      FROM internal_events.run_metric_query(
               'SELECT jsonb_agg(jsonb_build_array(e.key_path, e.value, e.is_unique)) AS value '
               'FROM internal_events.event_metric_values e',
               false, internal_events.metric_timeout(), NULL);
    IF ran.status = 'ok' THEN
        RETURN QUERY
        SELECT e ->> 0, nullif(e -> 1, 'null'),
               CASE WHEN (e -> 2)::boolean THEN internal_events.standard_error() END::double precision,
               'ok', NULL::text, NULL::text, ran.elapsed / greatest(jsonb_array_length(ran.result -> 'value'), 1)
          FROM jsonb_array_elements(nullif(ran.result -> 'value', 'null')) e;
    ELSE
        RETURN QUERY
        SELECT p.key_path, NULL::jsonb, NULL::double precision, ran.status, ran.sqlstate, ran.message, ran.elapsed
          FROM internal_events.service_ping_plan p WHERE p.kind = 'events';
    END IF;
END
$$;
COMMENT ON FUNCTION internal_events.event_values() IS 'The values of all metrics that count events, in one query';
