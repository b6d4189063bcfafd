CREATE VIEW internal_events.forwarding_eligibility AS
SELECT d.id AS event_definition_id, d.name AS event_name, d.category, r.reason IS NULL AS is_eligible, r.reason
  FROM internal_events.event_definitions d
 CROSS JOIN (SELECT string_to_array(replace(internal_events.setting('snowplow_excluded_events'), ' ', ''), ',') AS excluded,
                    internal_events.setting('snowplow_eligible_events') AS eligible) s
 CROSS JOIN LATERAL (
       SELECT CASE
                  WHEN d.status <> 'active' THEN 'the definition has status: removed'
                  WHEN d.definition ->> 'send_to_snowplow' = 'false' THEN 'the definition has send_to_snowplow: false'
                  WHEN d.name = ANY (s.excluded) THEN 'internal_events.snowplow_excluded_events has the name'
                  WHEN s.eligible = 'duo' AND d.definition ->> 'classification' IS DISTINCT FROM 'duo'
                  THEN 'internal_events.snowplow_eligible_events is duo, which the definition''s classification is not'
              END) AS r (reason);
COMMENT ON VIEW internal_events.forwarding_eligibility IS
    'Which events may be forwarded to a Snowplow collector, and why others are not';
COMMENT ON COLUMN internal_events.forwarding_eligibility.event_definition_id IS 'event_definitions.id';
COMMENT ON COLUMN internal_events.forwarding_eligibility.event_name IS 'event_definitions.name';
COMMENT ON COLUMN internal_events.forwarding_eligibility.category IS 'The category, where track_event() is given none';
COMMENT ON COLUMN internal_events.forwarding_eligibility.is_eligible IS
    'Whether events with send_to_snowplow are sent; as of now, for those that were tracked before as well';
COMMENT ON COLUMN internal_events.forwarding_eligibility.reason IS 'Why not; null: it is eligible';
GRANT SELECT ON internal_events.forwarding_eligibility TO internal_events_admin;
