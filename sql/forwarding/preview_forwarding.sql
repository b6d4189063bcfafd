CREATE FUNCTION internal_events.preview_forwarding(
    most integer DEFAULT 100, OUT event_id uuid, OUT event_name text, OUT parameters jsonb, OUT fault text)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    (SELECT q.event_id, d.name, q.parameters::jsonb, NULL
       FROM internal_events.forwarding_queue q
       LEFT JOIN internal_events.event_definitions d ON d.id = q.event_definition_id
      ORDER BY q.event_id
      LIMIT preview_forwarding.most)
    UNION ALL
    (SELECT s.event_id, s.event_name, s.parameters::jsonb, s.fault
       FROM internal_events.forwarding_parameters(ARRAY(
                SELECT ROW(w.*)::internal_events.events
                  FROM internal_events.waiting_events w
                 ORDER BY w.xid, w.id
                 LIMIT preview_forwarding.most)) s)
     LIMIT preview_forwarding.most;
END;
COMMENT ON FUNCTION internal_events.preview_forwarding(integer) IS
    'What forward_events() would send next, as it would send it but for stm, and what it would refuse; changes nothing';
GRANT EXECUTE ON FUNCTION internal_events.preview_forwarding(integer) TO internal_events_admin;
