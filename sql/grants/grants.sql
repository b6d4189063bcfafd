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
END
$$;
GRANT SELECT ON internal_events.event_definitions, internal_events.metric_definitions, internal_events.metrics,
                internal_events.metric_values, internal_events.time_frames
    TO internal_events_reader, internal_events_admin;
-- Views run functions with the rights of whoever reads the view, so a reader needs those that metrics are made of.
GRANT EXECUTE ON FUNCTION
    internal_events.element(bigint), internal_events.element(text), internal_events.element(jsonb), internal_events.cluster_id(),
    internal_events.utc_day(timestamptz), internal_events.as_of(), internal_events.monday(date), internal_events.metrics_schema(),
    internal_events.sketch_of(hll_hashval),
    internal_events.sketch_union(hll), internal_events.uniques(hll),
    internal_events.metric_value(text), internal_events.unique_count(text, text, date, date, jsonb),
    internal_events.total_count(text, date, date, jsonb), internal_events.validate_definition(text, text)
    TO internal_events_reader, internal_events_admin;

GRANT SELECT ON ALL TABLES IN SCHEMA internal_events TO internal_events_admin;
GRANT EXECUTE ON FUNCTION
    internal_events.load_event_definition(text, text, boolean), internal_events.load_metric_definition(text, text, boolean, boolean),
    internal_events.count_retained(),
    internal_events.load_definitions(text, boolean), internal_events.definition_files(text),
    internal_events.definition_identity(text), internal_events.rollup(boolean), internal_events.check_consistency(),
    internal_events.maintenance(), internal_events.schedule_jobs(), internal_events.unschedule_jobs(),
    internal_events.require_pg_cron(), internal_events.event_retention(), internal_events.bucket_retention(), internal_events.partition_weeks(),
    internal_events.grant_metric(text, regrole), internal_events.revoke_metric(text, regrole)
    TO internal_events_admin;
