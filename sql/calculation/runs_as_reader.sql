CREATE FUNCTION internal_events.runs_as_reader(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN kind IN ('database', 'generic', 'setting');
COMMENT ON FUNCTION internal_events.runs_as_reader(text) IS
    'Whether a kind of metric runs SQL of its definition, and so with the rights of internal_events_reader';
