-- Indexes that an administrator puts in place of ours, or beside it: every row is in them.
BEGIN;
\ir ../support.psql
SELECT plan(4);

SELECT pg_temp.event('opened');
SELECT format('internal_events.events_%s', to_char(internal_events.monday(internal_events.utc_day(clock_timestamp())), 'YYYYMMDD')) AS partition \gset
SELECT :'partition' || '_xid' AS own \gset

-- How many events an index scan finds from the moment of the newest one on.
CREATE FUNCTION pg_temp.found_by_index() RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT count(*) FROM internal_events.events e
             WHERE e.tracked_at >= (SELECT max(l.tracked_at + interval '0') FROM internal_events.events l));
END
$$;

DROP INDEX :own;
CREATE INDEX other_brin ON :partition USING brin (tracked_at) WITH (pages_per_range = 1);
SELECT ok(track_event('opened'), 'a row before the summary');
SELECT brin_summarize_new_values('internal_events.other_brin');
SELECT track_event('opened'), pg_sleep(0.002), track_event('opened');
SELECT is(pg_temp.found_by_index(), 1::bigint, 'a BRIN on another column has an entry of each row, not of each block');

CREATE INDEX by_user ON :partition (user_id) WHERE user_id > 5;
SELECT track_event('opened', user_id => n) FROM generate_series(1, 20) n;
SET LOCAL enable_seqscan = off;
SELECT is((SELECT count(*) FROM :partition WHERE user_id > 5), 15::bigint, 'a partial B-tree has the rows of its predicate');
CREATE INDEX own_again ON :partition USING brin (xid) WITH (pages_per_range = 64);
SELECT ok(track_event('opened'), 'more indexes than one are all kept up');
SELECT * FROM finish();
ROLLBACK;
