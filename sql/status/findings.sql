CREATE FUNCTION internal_events.findings(
    report jsonb, patience interval, OUT code text, OUT severity text, OUT message text, OUT remedy text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.code, f.severity, f.message, CASE WHEN pg_is_in_recovery() THEN E'-- On the primary:\n' ELSE '' END || f.remedy
      FROM (SELECT * FROM internal_events.findings_of_server(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_scheduler(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_jobs(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_log(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_readers(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_transactions(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_metrics(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_service_pings(report, patience)
            UNION ALL SELECT * FROM internal_events.findings_of_forwarding(report, patience)) f
     ORDER BY f.severity;
END;
COMMENT ON FUNCTION internal_events.findings(jsonb, interval) IS
    'What of a report of status() needs a hand, and how to mend it, errors first';
