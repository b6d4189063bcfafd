-- Plain totals are counted by event, without a join a row; only uniques pay for sketches.
CREATE VIEW internal_events.unread_buckets AS
WITH plain AS NOT MATERIALIZED (
    SELECT e.event_definition_id, e.day, e.own, count(*) AS total
      FROM internal_events.unread_events e
     GROUP BY e.event_definition_id, e.day, e.own
)
SELECT r.id AS rule_id, p.day, p.own, NULL::hll(14, 5) AS sketch, p.total, NULL::numeric AS sum
  FROM plain p
  JOIN internal_events.rules r ON r.event_definition_id = p.event_definition_id
 WHERE r.identifier IS NULL AND r.operator IS NULL AND r.filter = '{}'
UNION ALL
SELECT r.id, e.day, e.own, NULL, count(*),
       sum((e.additional_properties ->> 'value')::numeric) FILTER (WHERE r.operator IS NOT NULL)
  FROM internal_events.unread_events e
  JOIN internal_events.rules r ON r.event_definition_id = e.event_definition_id
 WHERE r.identifier IS NULL AND (r.operator IS NOT NULL OR r.filter <> '{}')
   AND (r.filter = '{}' OR e.additional_properties @> r.filter)
 GROUP BY r.id, e.day, e.own
UNION ALL
SELECT u.rule_id, u.day, u.own, internal_events.sketch_of(u.element), NULL, NULL
  FROM (SELECT r.id AS rule_id, e.day, e.own,
               CASE r.identifier
                   WHEN 'user.id' THEN internal_events.element(e.user_id)
                   WHEN 'project.id' THEN internal_events.element(e.project_id)
                   WHEN 'namespace.id' THEN internal_events.element(e.namespace_id)
                   ELSE internal_events.element(e.additional_properties -> r.identifier)
               END AS element
          FROM internal_events.unread_events e
          JOIN internal_events.rules r ON r.event_definition_id = e.event_definition_id
         WHERE r.identifier IS NOT NULL AND (r.filter = '{}' OR e.additional_properties @> r.filter)) u
 WHERE u.element IS NOT NULL
 GROUP BY u.rule_id, u.day, u.own;
COMMENT ON VIEW internal_events.unread_buckets IS
    'What buckets would gain by the events that the rollup has not read';
