CREATE FUNCTION internal_events.forwarding_parameters(
    events internal_events.events[],
    OUT event_id uuid, OUT event_definition_id integer, OUT event_name text, OUT is_eligible boolean, OUT parameters text,
    OUT fault text)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
    SELECT e.id, e.event_definition_id, d.event_name, f.is_eligible, p.parameters, p.fault
      FROM unnest(forwarding_parameters.events) e
      LEFT JOIN internal_events.forwarding_eligibility d ON d.event_definition_id = e.event_definition_id
     CROSS JOIN LATERAL (
           SELECT internal_events.is_to_be_sent(e.event_definition_id, e.send_to_snowplow, d.is_eligible)) AS f (is_eligible)
      LEFT JOIN LATERAL internal_events.snowplow_event(
                e.id, d.event_name, coalesce(e.context ->> 'category', d.category), coalesce(e.occurred_at, e.tracked_at),
                e.user_id, e.project_id, e.namespace_id, e.additional_properties ->> 'label',
                e.additional_properties ->> 'property', e.additional_properties ->> 'value',
                nullif(e.additional_properties - '{label,property,value}'::text[], '{}'),
                e.context -> 'feature_enabled_by_namespace_ids', e.context -> 'snowplow',
                (SELECT internal_events.instance_uuid()), (SELECT internal_events.pseudonym_secret())) p ON f.is_eligible;
END;
COMMENT ON FUNCTION internal_events.forwarding_parameters(internal_events.events[]) IS
    'Events of the log as they would be sent to a Snowplow collector, or why they are not';
