-- How far the forwarder has read: transaction_id(), snapshot_below(), and portions around the wraparound of 32-bit ids.
BEGIN;
SELECT plan(16);

SELECT is(internal_events.transaction_id(5), 5::bigint, 'an id that a transaction can have stays');
SELECT is(internal_events.transaction_id(1), 3::bigint, 'the first three ids are never given to one');
SELECT is(internal_events.transaction_id(4294967296), 4294967299, 'nor are those after each wraparound');
SELECT is(internal_events.transaction_id(4294967298), 4294967299, 'all three of them');
SELECT is(internal_events.transaction_id(4294967295), 4294967295, 'the last before it is');

CREATE FUNCTION pg_temp.below(seen text, upper bigint, unread bigint[] DEFAULT '{}') RETURNS text
LANGUAGE sql AS 'SELECT internal_events.snapshot_below(seen::pg_snapshot, upper, unread)::text';

SELECT is(pg_temp.below('10:20:', 20), '20:20:', 'where all has been read, that is all below the end');
SELECT is(pg_temp.below('10:20:12,15', 20), '12:20:12,15', 'but for transactions in progress');
SELECT is(pg_temp.below('10:20:12,15', 14), '12:14:12', 'of those below');
SELECT is(pg_temp.below('10:20:15', 14), '14:14:', 'if there are any');
SELECT is(pg_temp.below('10:20:15', 18, '{7,11}'), '7:18:7,11,15', 'and for those that have ended and are unread');
SELECT is(pg_temp.below('10:20:15', 18, '{15,19}'), '15:18:15', 'each once, and below the end');

-- Events of another cluster around the wraparound: it has no transactions here, so ids can be chosen.
INSERT INTO internal_events.events (xid, id, event_definition_id, cluster_id, tracked_at, send_to_snowplow)
SELECT x, gen_random_uuid(), 0, -1, now(), false
  FROM unnest('{4294967290,4294967293,4294967295,4294967299,4294967301}'::bigint[]) x;
INSERT INTO internal_events.readers (name, cluster_id, snapshot)
VALUES ('forwarder', -1, '4294967289:4294967289:'), ('forwarder', internal_events.cluster_id(), '3:3:');
CREATE TEMP TABLE read AS SELECT NULL::bigint AS chunk, NULL::pg_snapshot AS snapshot LIMIT 0;
DO $$
BEGIN
    FOR chunk IN 1 .. 20 LOOP
        PERFORM internal_events.queue_forwarding_portion(1);
        INSERT INTO read SELECT chunk, r.snapshot FROM internal_events.readers r WHERE r.name = 'forwarder' AND r.cluster_id = -1;
        EXIT WHEN (SELECT r.finished FROM internal_events.readers r WHERE r.name = 'forwarder' AND r.cluster_id = -1);
    END LOOP;
END
$$;
SELECT is((SELECT f.not_eligible FROM internal_events.forwarding f), 5::bigint, 'each event of them is read once');
SELECT ok((SELECT count(*) > 2 FROM read), 'in several portions');
SELECT is((SELECT r.snapshot::text FROM internal_events.readers r WHERE r.name = 'forwarder' AND r.cluster_id = -1),
          '4294967302:4294967302:', 'up to the last, and no further');
SELECT ok((SELECT r.finished FROM internal_events.readers r WHERE r.name = 'forwarder' AND r.cluster_id = -1),
          'then that cluster is done with');
SELECT is((SELECT count(*) FROM internal_events.unforwarded_events u WHERE u.cluster_id = -1), 0::bigint, 'nothing is left of it');

SELECT * FROM finish();
ROLLBACK;
