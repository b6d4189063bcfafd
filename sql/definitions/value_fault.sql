CREATE FUNCTION internal_events.value_fault(definition jsonb, value jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted text := definition ->> 'value_type';
    found text := jsonb_typeof(value);
    schema jsonb;
    faults text[];
BEGIN
    IF value IS NULL THEN
        RETURN NULL;
    ELSIF found <> wanted AND NOT (wanted = 'object' AND found = 'array') THEN
        RETURN format('the value is of type %s, not %s as value_type says', found, wanted);
    ELSIF octet_length(value::text) > 1048576 THEN
        RETURN 'the value is larger than 1 MiB';
    ELSIF found = 'object' AND internal_events.keys_fault(value) IS NOT NULL THEN
        RETURN internal_events.keys_fault(value);
    ELSIF found = 'object' AND definition -> 'instrumentation' ? 'group_by' THEN
        -- NaN and the infinities are no numbers of JSON and have become texts.
        faults := ARRAY(SELECT format('the value of group "%s" is %s, not a number', e.key, e.value)
                          FROM jsonb_each(value) e
                         WHERE jsonb_typeof(e.value) NOT IN ('number', 'null')
                         ORDER BY e.key LIMIT 1);
        IF cardinality(faults) > 0 THEN
            RETURN faults[1];
        END IF;
    END IF;
    IF wanted = 'object' THEN
        schema := internal_events.value_schema(nullif(definition -> 'value_json_schema', 'null'));
        faults := internal_events.value_faults(schema, value);
        IF cardinality(faults) > 0 THEN
            RETURN 'the value does not fit value_json_schema: ' || array_to_string(faults, '; ');
        END IF;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION internal_events.value_fault(jsonb, jsonb) IS
    'Why a value is not what its definition says: its type, the numbers of its groups, or its JSON Schema; null: it is. '
    'definition: with the key instrumentation as it was resolved';
