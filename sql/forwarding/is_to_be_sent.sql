-- An event without a definition is what a tracker sent to a collector of ours; one of a definition that is not known is not.
CREATE FUNCTION internal_events.is_to_be_sent(event_definition_id integer, send_to_snowplow boolean, is_eligible boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN send_to_snowplow AND coalesce(is_eligible, event_definition_id = 0);
COMMENT ON FUNCTION internal_events.is_to_be_sent(integer, boolean, boolean) IS
    'Whether an event is to be sent to a collector; is_eligible: what forwarding_eligibility says of its definition';
GRANT EXECUTE ON FUNCTION internal_events.is_to_be_sent(integer, boolean, boolean) TO internal_events_admin;
