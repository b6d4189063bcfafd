CREATE FUNCTION internal_events.receive_snowplow_event(parameters jsonb) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    eid uuid;
BEGIN
    IF parameters ->> 'eid' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        RAISE EXCEPTION 'eid "%" is no UUID', parameters ->> 'eid' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Send a UUID, or no eid at all: then the event gets one.';
    END IF;
    INSERT INTO internal_events.events (xid, id, event_definition_id, cluster_id, tracked_at, send_to_snowplow, context)
    VALUES (pg_current_xact_id()::text::bigint, coalesce((parameters ->> 'eid')::uuid, gen_random_uuid()), 0,
            internal_events.cluster_id(), clock_timestamp(), true, jsonb_build_object('snowplow', parameters))
    RETURNING id INTO eid;
    RETURN eid;
END
$$;
COMMENT ON FUNCTION internal_events.receive_snowplow_event(jsonb) IS
    'Records what a tracker sent to a collector of ours, a page view for instance, to be forwarded as it is; returns its eid';
GRANT EXECUTE ON FUNCTION internal_events.receive_snowplow_event(jsonb) TO internal_events_admin;
