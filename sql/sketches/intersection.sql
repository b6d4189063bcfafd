-- Inclusion and exclusion; each term that is an estimate brings its error along, and the errors add in squares. It runs as
-- its owner, so that who was granted a metric by an earlier version needs no right on standard_error().
CREATE FUNCTION internal_events.intersection(sketches @hll@.hll[], OUT value bigint, OUT standard_error double precision)
RETURNS record
LANGUAGE sql IMMUTABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH terms AS (
        SELECT CASE WHEN count(*) % 2 = 1 THEN 1 ELSE -1 END AS sign,
               coalesce(internal_events.uniques(s.sketch), 0) AS cardinality,
               -- \x11 is empty, \x12 a list of elements, which is exact.
               coalesce(substr(internal_events.sketch_union(s.sketch)::text, 1, 4), '\x11') IN ('\x11', '\x12') AS is_exact
          FROM generate_series(1, (1 << cardinality(sketches)) - 1) AS subset
         CROSS JOIN LATERAL unnest(sketches) WITH ORDINALITY AS s (sketch, position)
         WHERE (subset >> (s.position - 1)::integer) & 1 = 1
         GROUP BY subset
    ), estimate AS (
        SELECT greatest(round(sum(t.sign * t.cardinality)), 0)::bigint AS value,
               internal_events.standard_error() * sqrt(coalesce(sum(t.cardinality ^ 2) FILTER (WHERE NOT t.is_exact), 0)) AS error
          FROM terms t
    )
    SELECT CASE WHEN e.error <= e.value THEN e.value END,
           CASE WHEN e.error = 0 THEN 0 WHEN e.value > 0 THEN e.error / e.value END
      FROM estimate e;
END;
COMMENT ON FUNCTION internal_events.intersection(@hll@.hll[]) IS
    'The number of elements that all sketches have, and its standard error relative to it; null where the error exceeds it';
GRANT EXECUTE ON FUNCTION internal_events.intersection(@hll@.hll[])
    TO internal_events_reader, internal_events_admin, internal_events_metrics;
