CREATE FUNCTION internal_events.findings_of_transactions(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE t.kind WHEN 'session' THEN 'transaction_open' WHEN 'prepared' THEN 'transaction_prepared' ELSE 'slot_idle' END,
           'warning',
           CASE t.kind
               WHEN 'session' THEN format('Process %s, of user %s, has had a transaction open for %s', t.name, t.username, t.age)
               WHEN 'prepared' THEN format('Transaction "%s", of user %s, has been prepared for %s', t.name, t.username, t.age)
               ELSE format('Nobody uses replication slot "%s", which keeps vacuum from cleaning the buckets', t.name)
           END
           || CASE WHEN t.kind <> 'slot' THEN ': events that it has tracked are not read before it ends' ELSE '' END,
           CASE t.kind
               WHEN 'session' THEN format('SELECT pg_terminate_backend(%s);', t.name)
               WHEN 'prepared' THEN format('COMMIT PREPARED %L;  -- or ROLLBACK PREPARED', t.name)
               ELSE format('SELECT pg_drop_replication_slot(%L);  -- or start its standby', t.name)
           END
      FROM (SELECT x ->> 'kind' AS kind, x ->> 'name' AS name, x ->> 'user' AS username,
                   internal_events.in_words((x ->> 'seconds')::bigint * interval '1 second') AS age
              FROM jsonb_array_elements(report -> 'transactions') x) t;
END;
COMMENT ON FUNCTION internal_events.findings_of_transactions(jsonb, interval) IS
    'What of a report of status() needs a hand: transactions that nobody has ended';
