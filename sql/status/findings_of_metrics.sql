CREATE FUNCTION internal_events.findings_of_metrics(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT 'metrics_not_available', 'warning',
           format('Metrics without a value: %s. The first is %s: %s',
                  jsonb_array_length(m), m #>> '{0,key_path}', m #>> '{0,problem}'),
           'SELECT key_path, remedy FROM internal_events.metrics WHERE status = ''not_available'';'
      FROM (SELECT report #> '{definitions,not_available}') AS n (m)
     WHERE jsonb_array_length(m) > 0
    UNION ALL
    SELECT 'metric_views_missing', 'error',
           format('Metrics whose view has been dropped, as by DROP TABLE ... CASCADE of what it counts: %s, such as %s',
                  jsonb_array_length(m), m ->> 0),
           format(E'SELECT internal_events.load_metric_definition(definition::text, path) '
                  'FROM internal_events.metric_definitions\n'
                  ' WHERE key_path IN (%s);  -- when it is there again',
                  (SELECT string_agg(quote_literal(v), ', ') FROM jsonb_array_elements_text(m) v))
      FROM (SELECT report #> '{definitions,without_view}') AS n (m)
     WHERE jsonb_array_length(m) > 0;
END;
COMMENT ON FUNCTION internal_events.findings_of_metrics(jsonb, interval) IS 'What of a report of status() needs a hand: metrics';
