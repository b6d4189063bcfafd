-- Hours, not days: a day of the session's time zone may have 23 of them.
CREATE FUNCTION internal_events.time_condition(relation regclass, column_name text, time_frame text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    type regtype := internal_events.column_type(relation, column_name);
    bound text := CASE type
        WHEN 'timestamptz'::regtype THEN '%s'
        WHEN 'timestamp'::regtype THEN '(%s) AT TIME ZONE ''UTC'''
        WHEN 'date'::regtype THEN '((%s) AT TIME ZONE ''UTC'')::date'
    END;
    ago text := 'internal_events.moment() - interval ''%s hours''';
    period record;
BEGIN
    IF bound IS NULL THEN
        RAISE EXCEPTION 'column "%" of % is of type %, not a time', column_name, relation, type
            USING ERRCODE = 'datatype_mismatch',
                  HINT = 'Name a column of type timestamptz, timestamp or date by the key timestamp_column.';
    END IF;
    SELECT (internal_events.as_of() - f.database_start) * 24 AS begins, (internal_events.as_of() - f.database_end) * 24 AS ends
      INTO period
      FROM internal_events.time_frames f
     WHERE f.time_frame = time_condition.time_frame;
    RETURN format('r.%1$I >= %2$s AND r.%1$I <= %3$s', column_name,
                  format(bound, format(ago, period.begins)), format(bound, format(ago, period.ends)));
END
$$;
COMMENT ON FUNCTION internal_events.time_condition(regclass, text, text) IS
    'The condition of a time frame that has a beginning: the days that time_frames says, back from moment()';
