CREATE FUNCTION internal_events.error_column(instrumentation jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN instrumentation ->> 'operation' = 'estimate_distinct_count' OR instrumentation ? 'union'
            THEN format(', %s::double precision AS standard_error', internal_events.standard_error()) ELSE ''
       END;
COMMENT ON FUNCTION internal_events.error_column(jsonb) IS 'The column that states the error of an estimate, in SQL';
