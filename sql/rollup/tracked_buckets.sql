-- Plain totals are counted by event, apart from the rest: every event has one, and they need no join a row.
CREATE VIEW internal_events.tracked_buckets AS
SELECT r.id AS rule_id, p.day, p.own, p.unread, NULL::@hll@.hll(14, 5) AS sketch, p.total, NULL::numeric AS sum
  FROM (SELECT e.event_definition_id, e.day, e.own, e.unread, count(*) AS total
          FROM internal_events.tracked_events e
         GROUP BY e.event_definition_id, e.day, e.own, e.unread) p
  JOIN internal_events.rules r ON r.event_definition_id = p.event_definition_id AND r.is_plain_total
UNION ALL
SELECT c.rule_id, c.day, c.own, c.unread, internal_events.sketch_of(c.element),
       nullif(count(*) FILTER (WHERE NOT c.is_unique), 0), sum(c.value)
  FROM (SELECT r.id AS rule_id, e.day, e.own, e.unread,
               r.identifier IS NOT NULL AS is_unique,
               CASE r.identifier
                   WHEN 'user.id' THEN internal_events.element(e.user_id)
                   WHEN 'project.id' THEN internal_events.element(e.project_id)
                   WHEN 'namespace.id' THEN internal_events.element(e.namespace_id)
                   ELSE internal_events.element(e.additional_properties -> r.identifier)
               END AS element,
               CASE WHEN r.operator IS NOT NULL THEN (e.additional_properties ->> 'value')::numeric END AS value
          FROM internal_events.tracked_events e
          JOIN internal_events.rules r ON r.event_definition_id = e.event_definition_id AND NOT r.is_plain_total
         WHERE r.filter IS NULL OR e.additional_properties @> r.filter) c
 WHERE c.element IS NOT NULL OR NOT c.is_unique
 GROUP BY c.rule_id, c.day, c.own, c.unread;
COMMENT ON VIEW internal_events.tracked_buckets IS
    'The log folded by the rules: what buckets would gain by the unread events, and what the others gave them';
COMMENT ON COLUMN internal_events.tracked_buckets.rule_id IS 'rules.id';
COMMENT ON COLUMN internal_events.tracked_buckets.sketch IS 'The elements, of a unique rule';
COMMENT ON COLUMN internal_events.tracked_buckets.total IS 'The number of events, of any other rule';
COMMENT ON COLUMN internal_events.tracked_buckets.sum IS 'The sum of values, of a rule with sum(value)';
COMMENT ON COLUMN internal_events.tracked_buckets.day IS 'The day of UTC; -infinity: a day that has been merged';
COMMENT ON COLUMN internal_events.tracked_buckets.own IS
    'Of the running transaction: a rollup in it leaves these events to the next one';
COMMENT ON COLUMN internal_events.tracked_buckets.unread IS 'Of events that are not in the buckets yet';
GRANT SELECT ON internal_events.tracked_buckets TO internal_events_admin;
