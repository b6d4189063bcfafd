CREATE FUNCTION internal_events.findings_of_server(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT 'extension_outdated', 'warning',
           format('The extension is version %s, and the server''s disk has %s', v ->> 'extension', v ->> 'on_disk'),
           'ALTER EXTENSION internal_events UPDATE;'
      FROM (SELECT report -> 'versions') AS o (v)
     WHERE (v ->> 'update_is_ready')::boolean
    UNION ALL
    SELECT 'extension_mismatch', 'error',
           format('The extension is version %s, and the server''s disk has %s, to which no update leads',
                  v ->> 'extension', coalesce(v ->> 'on_disk', 'none')),
           format('-- On the server: install version %s of the package, or a later one.', v ->> 'extension')
      FROM (SELECT report -> 'versions') AS o (v)
     WHERE NOT (v ->> 'update_is_ready')::boolean AND v ->> 'on_disk' IS DISTINCT FROM v ->> 'extension'
    UNION ALL
    SELECT CASE w.setting WHEN 'as_of' THEN 'as_of_set' ELSE 'tracking_off' END, 'warning',
           CASE w.setting WHEN 'as_of' THEN format('Metrics and Service Pings are of %s: internal_events.as_of is set', w.value)
                          ELSE 'No event is recorded: internal_events.enabled is off' END || w.place,
           w.remedy
      FROM (SELECT split_part(o ->> 'setting', '.', 2) AS setting, o ->> 'value' AS value,
                   coalesce(' for role ' || (o ->> 'role'), '') || coalesce(' in database ' || (o ->> 'database'), '') AS place,
                   format('ALTER ROLE %s', coalesce(quote_ident(o ->> 'role'), 'ALL'))
                   || coalesce(' IN DATABASE ' || quote_ident(o ->> 'database'), '')
                   || format(' RESET %s;', o ->> 'setting') AS remedy
              FROM jsonb_array_elements(report #> '{settings,overrides}') o
            UNION ALL
            SELECT s.name, s.value, '', format('ALTER SYSTEM RESET internal_events.%s; SELECT pg_reload_conf();', s.name)
              FROM (VALUES ('enabled', CASE WHEN NOT (report #>> '{settings,enabled}')::boolean THEN 'off' END),
                           ('as_of', report #>> '{settings,as_of}')) AS s (name, value)
             WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(report #> '{settings,overrides}') o
                                WHERE o ->> 'setting' = 'internal_events.' || s.name)) w
     WHERE CASE w.setting WHEN 'as_of' THEN w.value <> '' ELSE lower(w.value) ~ '^(of|f|n|0)' END;
END;
COMMENT ON FUNCTION internal_events.findings_of_server(jsonb, interval) IS
    'What of a report of status() needs a hand: versions and settings';
