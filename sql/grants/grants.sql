-- Nothing is PUBLIC. Siblings: a writer reads nothing, a reader writes nothing.
REVOKE ALL ON ALL ROUTINES IN SCHEMA internal_events FROM PUBLIC;
REVOKE ALL ON FUNCTION @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean),
                       @extschema@.track_events(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION
    @extschema@.track_event(text, bigint, bigint, bigint, jsonb, text, bigint[], timestamptz, boolean),
    @extschema@.track_events(jsonb)
    TO internal_events_writer;

GRANT USAGE ON SCHEMA internal_events TO internal_events_reader, internal_events_admin;
DO $$
BEGIN
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO internal_events_reader, internal_events_admin',
                              internal_events.metrics_schema());
    EXECUTE pg_catalog.format('GRANT CREATE ON SCHEMA %I TO internal_events_metrics', internal_events.metrics_schema());
END
$$;
GRANT SELECT ON internal_events.event_definitions, internal_events.metric_definitions, internal_events.metrics,
                internal_events.metric_values, internal_events.event_metrics, internal_events.time_frames,
                internal_events.instrumentations
    TO internal_events_reader, internal_events_admin;
-- Views run functions with the rights of whoever reads the view, so a reader needs those that metrics are made of.
GRANT EXECUTE ON FUNCTION
    internal_events.element(bigint), internal_events.element(text), internal_events.element(jsonb), internal_events.cluster_id(),
    internal_events.utc_day(timestamptz), internal_events.as_of(), internal_events.monday(date), internal_events.metrics_schema(),
    internal_events.sketch_of(hll_hashval), internal_events.cardinality(hll), internal_events.intersection(hll[]),
    internal_events.moment(), internal_events.setting(text), internal_events.iso_8601(timestamptz),
    internal_events.instance_uuid(), internal_events.reported_version(), internal_events.instrumented_value(text),
    internal_events.metric_sum(text[]), internal_events.service_ping_payload(), internal_events.service_ping_non_sql(),
    internal_events.service_ping_queries(),
    internal_events.sketch_union(hll), internal_events.uniques(hll),
    internal_events.metric_value(text), internal_events.unique_count(text, text, date, date, jsonb),
    internal_events.total_count(text, date, date, jsonb), internal_events.metric_history(integer),
    internal_events.event_history(integer), internal_events.validate_definition(text, text)
    TO internal_events_reader, internal_events_admin;

GRANT SELECT ON ALL TABLES IN SCHEMA internal_events TO internal_events_admin;
REVOKE ALL ON internal_events.pseudonym_secrets, internal_events.forwarding FROM internal_events_admin;
GRANT EXECUTE ON FUNCTION
    internal_events.load_event_definition(text, text, boolean), internal_events.load_metric_definition(text, text, boolean, boolean),
    internal_events.count_retained(),
    internal_events.load_definitions(text, boolean), internal_events.definition_files(text),
    internal_events.definition_identity(text), internal_events.rollup(boolean), internal_events.check_consistency(),
    internal_events.maintenance(), internal_events.schedule_jobs(), internal_events.unschedule_jobs(),
    internal_events.require_pg_cron(), internal_events.event_retention(), internal_events.bucket_retention(),
    internal_events.partition_weeks(),
    internal_events.load_instrumentation(text, text, boolean), internal_events.remove_instrumentation(text, jsonb),
    internal_events.load_value_schema(text, jsonb), internal_events.load_value_schemas(jsonb),
    internal_events.lock_definitions(boolean), internal_events.remove_event_definition(text),
    internal_events.remove_metric_definition(text, boolean), internal_events.remove_value_schema(text),
    internal_events.is_path_of(text, text), internal_events.load_definition_file(text, text, text, boolean),
    internal_events.jobs(), internal_events.unschedule_job(text),
    internal_events.service_ping_is_sent(), internal_events.reset_instance_uuid(), internal_events.session_start(integer),
    internal_events.begin_service_ping(boolean), internal_events.measure_next(bigint),
    internal_events.record_measurement(bigint, integer, jsonb, text, text, text, double precision),
    internal_events.finish_service_ping(bigint), internal_events.fail_service_ping(bigint, text, text),
    internal_events.release_service_ping(bigint),
    internal_events.claim_service_ping(), internal_events.failure_report(internal_events.service_pings),
    internal_events.record_service_ping_attempt(bigint, integer, integer, text, text),
    internal_events.resend_service_ping(bigint), internal_events.withhold_service_ping(bigint),
    internal_events.mark_service_ping_delivered(bigint, jsonb), internal_events.export_service_ping(text, bigint),
    internal_events.write_file(text, text),
    internal_events.grant_metric(text, regrole), internal_events.revoke_metric(text, regrole),
    internal_events.forwarding_is_on(), internal_events.forwarding_retention(),
    internal_events.session_is_gone(integer, timestamptz),
    internal_events.begin_forwarding(integer, boolean), internal_events.next_forwarding_portion(boolean, integer),
    internal_events.record_forwarding(uuid[], uuid[], jsonb, text, boolean), internal_events.end_forwarding(),
    internal_events.preview_forwarding(integer), internal_events.resend_forwarding_failures(uuid, jsonb),
    internal_events.discard_forwarding_failures(uuid), internal_events.discard_forwarding_backlog(),
    internal_events.resume_forwarding(), internal_events.receive_snowplow_event(jsonb),
    internal_events.find_redis_rules(bytea[]), internal_events.take_over_redis_keys(bytea[], bytea[], boolean),
    internal_events.import_redis_hll(text, bytea), internal_events.import_redis_counter(text, bigint),
    internal_events.forwarding_state(internal_events.forwarding), internal_events.status(jsonb, interval)
    TO internal_events_admin;
GRANT EXECUTE ON PROCEDURE
    internal_events.build_service_ping(bigint, boolean), internal_events.send_service_pings(),
    internal_events.forward_events(boolean)
    TO internal_events_admin;
