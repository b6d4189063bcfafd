CREATE FUNCTION internal_events.union_keeping(kept @hll@.hll, added @hll@.hll) RETURNS @hll@.hll
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN kept IS NULL THEN added
                WHEN added IS NULL OR u.sketch OPERATOR(@hll@.=) kept THEN kept
                ELSE u.sketch
           END
      FROM (SELECT @hll@.hll_union(kept, added) AS sketch OFFSET 0) u;
END;
COMMENT ON FUNCTION internal_events.union_keeping(@hll@.hll, @hll@.hll) IS
    'The union of two sketches; the very value of the first where the second adds nothing, so it is not stored again';
