CREATE FUNCTION internal_events.merge_parts(a jsonb, b jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_object_agg(m.key, jsonb_build_object('n', m.n, 's', m.s, 'h', m.h)), '{}')
      FROM (SELECT p.key, sum((p.value ->> 'n')::numeric) AS n, sum((p.value ->> 's')::numeric) AS s,
                   internal_events.sketch_union((p.value ->> 'h')::@hll@.hll)::text AS h
              FROM (SELECT e.key, e.value FROM jsonb_each(a) e UNION ALL SELECT e.key, e.value FROM jsonb_each(b) e) p
             GROUP BY p.key) m;
END;
COMMENT ON FUNCTION internal_events.merge_parts(jsonb, jsonb) IS 'What two batches add together';
