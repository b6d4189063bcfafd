CREATE FUNCTION internal_events.as_of() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('internal_events.as_of', true), '')::date,
                internal_events.utc_day(statement_timestamp()));
COMMENT ON FUNCTION internal_events.as_of() IS
    'The date that time frames are computed from: internal_events.as_of, or today in UTC';
GRANT EXECUTE ON FUNCTION internal_events.as_of() TO internal_events_reader, internal_events_admin, internal_events_metrics;
