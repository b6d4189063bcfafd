CREATE FUNCTION internal_events.forwarding_width(cluster integer, lower bigint, upper bigint, width bigint, most integer)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off
AS $$
DECLARE
    widest constant bigint := 1::bigint << 60;
    events integer;
    was_too_wide boolean := false;
BEGIN
    FOR attempt IN 1 .. 120 LOOP
        SELECT count(*)
          INTO events
          FROM (SELECT FROM internal_events.events e
                 WHERE e.cluster_id = cluster AND e.xid >= lower AND e.xid < lower + width LIMIT most + 1) e;
        IF events > most AND width > 1 THEN
            width := width / 2;
            was_too_wide := true;
        ELSIF events * 2 <= most AND NOT was_too_wide AND lower + width < upper AND width < widest THEN
            width := width * 2;
        ELSE
            EXIT;
        END IF;
    END LOOP;
    RETURN width;
END
$$;
COMMENT ON FUNCTION internal_events.forwarding_width(integer, bigint, bigint, bigint, integer) IS
    'How many transaction ids from one on have about so many events, beginning with what was so for those before';
