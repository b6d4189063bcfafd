-- reader_snapshot(): the running transaction is in progress for everybody else, whatever its own snapshot says.
BEGIN;
SELECT plan(11);

CREATE FUNCTION pg_temp.adjusted(snapshot text, own text) RETURNS text
LANGUAGE sql AS 'SELECT internal_events.reader_snapshot(snapshot::pg_snapshot, own::xid8)::text';

SELECT is(pg_temp.adjusted('10:20:12,15', NULL), '10:20:12,15', 'without a transaction id of our own nothing changes');
SELECT is(pg_temp.adjusted('10:20:12,15', '20'), '10:20:12,15', 'nor where the snapshot does not see it anyway: at xmax');
SELECT is(pg_temp.adjusted('10:20:12,15', '25'), '10:20:12,15', 'and past it');
SELECT is(pg_temp.adjusted('10:20:12,15', '13'), '10:20:12,13,15', 'below xmax it joins the transactions in progress');
SELECT is(pg_temp.adjusted('10:20:10,15', '10'), '10:20:10,15', 'once, if it is there already');
SELECT is(pg_temp.adjusted('20:20:', '19'), '19:20:19', 'xmin follows where it was the only one');
SELECT is(pg_temp.adjusted('10:20:', '7'), '7:20:7', 'or the oldest');
SELECT is(pg_temp.adjusted('4294967300:4294967310:4294967305', '4294967301'),
          '4294967300:4294967310:4294967301,4294967305', '64 bits are kept, past the first wraparound too');

-- The real one: a transaction that began after ours has ended, so that our own id lies below xmax.
SELECT ok(NOT pg_visible_in_snapshot(pg_current_xact_id(),
                                     internal_events.reader_snapshot(pg_current_snapshot(), pg_current_xact_id())),
          'our own transaction is never visible');
SELECT ok(pg_visible_in_snapshot('3', internal_events.reader_snapshot(pg_current_snapshot(), pg_current_xact_id())),
          'a long committed one is');

-- A dump of the cluster that this one is a physical copy of: ids of the same name, but not the same transactions.
SELECT internal_events.ensure_reader('rollup');
UPDATE internal_events.readers SET snapshot = '99999999999:99999999999:';
SELECT throws_ok('SELECT internal_events.rollup()', '55000', 'reader "rollup" is ahead of this cluster''s transactions',
                 'a position that this cluster has not reached is refused: events would pass for read');

SELECT * FROM finish();
ROLLBACK;
