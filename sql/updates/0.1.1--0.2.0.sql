-- include schema/search_path
-- include roles/roles

-- What definitions compile to has more to say.
ALTER TABLE internal_events.metric_definitions ADD COLUMN instrumentation jsonb;
ALTER TABLE internal_events.metric_definitions ADD COLUMN problem text;
ALTER TABLE internal_events.metric_time_frames ADD COLUMN query text;
ALTER TABLE internal_events.metric_time_frames ADD COLUMN components text[];
COMMENT ON COLUMN internal_events.metric_definitions.instrumentation IS
    'How the value is calculated where no events are counted: by the file itself, its class, or as the built-in metric is';
COMMENT ON COLUMN internal_events.metric_definitions.problem IS
    'Why the value cannot be calculated as things were when it was loaded; null: it can';
COMMENT ON COLUMN internal_events.metric_time_frames.query IS
    'The SQL of the calculation; null where events are counted or there is none';
COMMENT ON COLUMN internal_events.metric_time_frames.components IS 'The key paths that the value is made of; null: of none';
DROP FUNCTION internal_events.create_metric_view(text);

-- The log has a second reader, which may read a transaction in parts.
ALTER TABLE internal_events.readers ADD COLUMN partial_xid bigint;
ALTER TABLE internal_events.readers ADD COLUMN partial_id uuid;
COMMENT ON COLUMN internal_events.readers.name IS 'The reader: rollup, or forwarder';
COMMENT ON COLUMN internal_events.readers.partial_xid IS 'A transaction that has been read in part; null: there is none';
COMMENT ON COLUMN internal_events.readers.partial_id IS 'The last of its events that has been read, in the order of events.id';
INSERT INTO internal_events.reader_locks (name) VALUES ('forwarder') ON CONFLICT DO NOTHING;
DROP FUNCTION internal_events.has_unread_events(regclass);
DROP FUNCTION internal_events.drop_partition(regclass);

-- What is new or different, in the order of the manifest.
-- include functions/definition_needs
-- include functions/definition_identity
-- include functions/definition_files
-- include functions/moment
-- include functions/setting
-- include functions/metric_timeout
-- include functions/service_ping_is_sent
-- include functions/forwarding_is_on
-- include functions/forwarding_retention
-- include functions/snowplow_event
-- include functions/snowplow_secret
-- include functions/check_snowplow_settings
-- include functions/check_select
-- include functions/is_select
-- include functions/check_fragments
-- include functions/create_view_as_metrics
-- include functions/create_view
-- include functions/run_metric_query
-- include functions/nest_key_paths
-- include functions/value_faults
-- include functions/schema_fault
-- include functions/write_file
-- include functions/iso_8601
-- include functions/runs_as_reader
-- include tables/instrumentations
-- include tables/value_schemas
-- include tables/built_in_metrics
-- include functions/cardinality
-- include functions/intersection
-- include views/reported_metrics
-- include views/metrics
-- include views/event_metric_values
-- include views/event_metrics
-- include functions/relation_of
-- include functions/column_type
-- include functions/time_condition
-- include functions/database_source
-- include functions/sketch_expression
-- include functions/error_column
-- include functions/batch_column
-- include functions/bounds_condition
-- include functions/database_query
-- include functions/setting_query
-- include functions/aggregate_query
-- include functions/calculation_query
-- include functions/event_query
-- include functions/is_path_of
-- include functions/value_schema
-- include functions/value_fault
-- include functions/measure_alone
-- include functions/instrumented_value
-- include functions/metric_value
-- include functions/metric_sum
-- include views/metric_values
-- include functions/definition_catalog
-- include functions/checked_definition
-- include functions/metric_view_name
-- include functions/create_metric_view
-- include functions/check_metric_query
-- include functions/check_cycle
-- include functions/lacks_view
-- include functions/resolve_instrumentation
-- include functions/drop_metric_views
-- include functions/store_time_frame
-- include functions/store_metric_definition
-- include functions/lock_definitions
-- include functions/count_retained
-- include functions/load_metric_definition
-- include functions/remove_event_definition
-- include functions/remove_metric_definition
-- include functions/recompile_metrics
-- include functions/load_instrumentation
-- include functions/remove_instrumentation
-- include functions/load_value_schema
-- include functions/remove_value_schema
-- include functions/load_value_schemas
-- include functions/load_definition_file
-- include functions/load_definitions
-- include functions/store_built_in_metric
-- include functions/metric_privileges
-- include functions/grant_metric
-- include functions/revoke_metric
-- include tables/redis_imports
-- include functions/check_consistency
-- include functions/redis_key_text
-- include functions/iso_week_begin
-- include views/redis_keys
-- include functions/find_redis_rules
-- include functions/read_redis_hll
-- include functions/redis_bucket_day
-- include functions/take_over_redis_sketch
-- include functions/redis_total
-- include functions/add_redis_count
-- include functions/take_over_redis_counter
-- include functions/take_over_redis_keys
-- include functions/import_redis_key
-- include functions/import_redis_hll
-- include functions/import_redis_counter
-- include functions/metric_history
-- include functions/event_history
-- include tables/instance
-- include functions/instance_uuid
-- include functions/reset_instance_uuid
-- include functions/reported_version
-- include tables/service_pings
-- include tables/service_ping_measurements
-- include tables/service_ping_attempts
-- include views/sum_levels
-- include views/service_ping_plan
-- include functions/session_start
-- include functions/session_is_gone
-- include views/service_ping_progress
-- include functions/is_small
-- include functions/is_known_small
-- include functions/batch_query
-- include functions/merge_parts
-- include functions/value_of_parts
-- include functions/begin_batches
-- include functions/batch_condition
-- include functions/measured
-- include functions/measure_batch
-- include functions/measure_step
-- include functions/measure_events
-- include functions/sum_measured
-- include functions/measure_all
-- include functions/assemble_service_ping
-- include functions/service_ping_payload
-- include functions/service_ping_non_sql
-- include functions/service_ping_queries
-- include functions/begin_service_ping
-- include functions/measure_event_metrics
-- include functions/measure_next
-- include functions/record_measurement
-- include functions/finish_service_ping
-- include functions/fail_service_ping
-- include functions/release_service_ping
-- include functions/failure_report
-- include functions/claim_service_ping
-- include functions/record_service_ping_attempt
-- include functions/resend_service_ping
-- include functions/withhold_service_ping
-- include functions/mark_service_ping_delivered
-- include functions/export_service_ping
-- include procedures/build_service_ping
-- include procedures/send_service_pings
-- include tables/pseudonym_secrets
-- include tables/forwarding
-- include tables/forwarding_queue
-- include tables/forwarding_failures
-- include functions/pseudonym_secret
-- include views/forwarding_eligibility
-- include views/unforwarded_events
-- include functions/snowplow_events
-- include functions/transaction_id
-- include functions/snapshot_below
-- include functions/forwarding_width
-- include functions/next_forwarding_chunk
-- include functions/queue_forwarding_chunk
-- include functions/queue_events
-- include functions/check_forwarding_run
-- include functions/begin_forwarding
-- include functions/next_forwarding_portion
-- include functions/record_forwarding
-- include functions/end_forwarding
-- include functions/forwarding_state
-- include views/forwarding_status
-- include functions/preview_forwarding
-- include functions/resend_forwarding_failures
-- include functions/discard_forwarding_failures
-- include functions/discard_forwarding_backlog
-- include functions/resume_forwarding
-- include functions/receive_snowplow_event
-- include functions/has_unread_events
-- include functions/has_events_to_forward
-- include functions/count_unsent
-- include functions/drop_partition
-- include functions/drop_partitions
-- include functions/is_being_restored
-- include procedures/forward_events
-- include functions/maintenance
-- include functions/jobs
-- include functions/unschedule_job
-- include functions/schedule_jobs
-- include functions/in_words
-- include functions/status_of_versions
-- include functions/status_of_settings
-- include functions/status_of_definitions
-- include functions/status_of_log
-- include functions/status_of_readers
-- include functions/status_of_transactions
-- include functions/status_of_service_pings
-- include functions/status_of_forwarding
-- include functions/cron_jobs_query
-- include functions/cron_jobs
-- include functions/status_of_scheduler
-- include functions/status_of_jobs
-- include functions/scheduling_remedy
-- include functions/findings_of_server
-- include functions/findings_of_scheduler
-- include functions/findings_of_jobs
-- include functions/findings_of_log
-- include functions/findings_of_readers
-- include functions/findings_of_transactions
-- include functions/findings_of_metrics
-- include functions/findings_of_service_pings
-- include functions/findings_of_forwarding
-- include functions/findings
-- include functions/status

-- Who may do what is new. What was granted before stays as an administrator may have changed it.
REVOKE ALL ON ALL ROUTINES IN SCHEMA internal_events FROM PUBLIC;
GRANT SELECT ON internal_events.instrumentations, internal_events.event_metrics TO internal_events_reader;
GRANT SELECT ON internal_events.instrumentations, internal_events.value_schemas, internal_events.built_in_metrics,
                internal_events.reported_metrics, internal_events.event_metric_values, internal_events.event_metrics,
                internal_events.instance, internal_events.service_pings, internal_events.service_ping_measurements,
                internal_events.service_ping_attempts, internal_events.service_ping_plan, internal_events.service_ping_progress,
                internal_events.sum_levels,
                internal_events.forwarding_queue, internal_events.forwarding_failures,
                internal_events.forwarding_eligibility, internal_events.unforwarded_events, internal_events.forwarding_status,
                internal_events.redis_imports, internal_events.redis_keys
    TO internal_events_admin;
GRANT EXECUTE ON FUNCTION
    internal_events.cardinality(hll), internal_events.intersection(hll[]), internal_events.moment(), internal_events.setting(text),
    internal_events.iso_8601(timestamptz), internal_events.instance_uuid(), internal_events.reported_version(),
    internal_events.instrumented_value(text), internal_events.metric_sum(text[]), internal_events.service_ping_payload(),
    internal_events.service_ping_non_sql(), internal_events.service_ping_queries(),
    internal_events.metric_history(integer), internal_events.event_history(integer)
    TO internal_events_reader, internal_events_admin;
GRANT EXECUTE ON FUNCTION
    internal_events.load_instrumentation(text, text, boolean), internal_events.remove_instrumentation(text, jsonb),
    internal_events.load_value_schema(text, jsonb), internal_events.load_value_schemas(jsonb),
    internal_events.lock_definitions(boolean), internal_events.remove_event_definition(text),
    internal_events.remove_metric_definition(text, boolean), internal_events.remove_value_schema(text),
    internal_events.is_path_of(text, text), internal_events.load_definition_file(text, text, text, boolean),
    internal_events.jobs(), internal_events.unschedule_job(text),
    internal_events.service_ping_is_sent(), internal_events.reset_instance_uuid(), internal_events.session_start(integer),
    internal_events.begin_service_ping(boolean), internal_events.measure_next(bigint),
    internal_events.release_service_ping(bigint),
    internal_events.record_measurement(bigint, integer, jsonb, text, text, text, double precision),
    internal_events.finish_service_ping(bigint), internal_events.fail_service_ping(bigint, text, text),
    internal_events.claim_service_ping(), internal_events.failure_report(internal_events.service_pings),
    internal_events.record_service_ping_attempt(bigint, integer, integer, text, text),
    internal_events.resend_service_ping(bigint), internal_events.withhold_service_ping(bigint),
    internal_events.mark_service_ping_delivered(bigint, jsonb), internal_events.export_service_ping(text, bigint),
    internal_events.write_file(text, text),
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

REVOKE ALL ON internal_events.pseudonym_secrets, internal_events.forwarding FROM internal_events_admin;

-- Views of metrics are made with the rights of their owner.
DO $$
BEGIN
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO internal_events_metrics', internal_events.metrics_schema());
END
$$;

-- A view of a loaded metric that has the name of a built-in one makes room for it.
DO $$
DECLARE
    metric record;
BEGIN
    FOR metric IN
        SELECT f.key_path, f.view_name, (left(f.key_path, 46) || '_' || left(md5(f.key_path), 16))::name AS other_name
          FROM internal_events.metric_time_frames f
         WHERE f.view_name IN ('uuid', 'hostname', 'version', 'edition', 'installation_type', 'recorded_at', 'database.adapter',
                               'database.version', 'database.pg_system_id', 'database.size_bytes', 'database.extensions')
    LOOP
        EXECUTE format('ALTER VIEW %I.%I RENAME TO %I', internal_events.metrics_schema(), metric.view_name, metric.other_name);
        UPDATE internal_events.metric_time_frames f SET view_name = metric.other_name WHERE f.key_path = metric.key_path;
    END LOOP;
END
$$;
-- include definitions/built_in

-- Loaded metrics that had no value, and say how it is calculated, get one. What was free text until now and is none that
-- can be understood stays as it was.
DO $$
DECLARE
    metric record;
    view text;
BEGIN
    FOR metric IN
        SELECT d.key_path, d.definition::text AS yaml, d.path
          FROM internal_events.metric_definitions d
         WHERE d.status = 'active'
           AND (jsonb_typeof(d.definition -> 'instrumentation') = 'object'
                OR d.key_path IN (SELECT b.key_path FROM internal_events.built_in_metrics b))
           AND NOT EXISTS (SELECT FROM internal_events.metric_rules r WHERE r.metric_definition_id = d.id)
         ORDER BY d.id
    LOOP
        BEGIN
            PERFORM internal_events.store_metric_definition(
                internal_events.checked_definition('metric', metric.yaml, metric.path, false), metric.path);
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'metric "%" has no value: %', metric.key_path, SQLERRM
                USING HINT = 'Correct its key instrumentation, then load the definition again.';
        END;
    END LOOP;
    -- Views of loaded metrics are the user's, not the extension's, and are dumped.
    FOR view IN
        SELECT c.oid::regclass
          FROM internal_events.metric_time_frames f
          JOIN pg_class c ON c.relname = f.view_name
                         AND c.relnamespace = quote_ident(internal_events.metrics_schema())::regnamespace
          JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    LOOP
        EXECUTE 'ALTER EXTENSION internal_events DROP VIEW ' || view;
    END LOOP;
END
$$;
