"""Maintenance beside writers, readers and other work on the log."""

import threading

import pytest

from cluster import wait_until
from pings import configure
from support import (SECONDS, Background, compare, define, one, rollup, session, sqlstate, track, track_in_week, track_some,
                     in_thread, ends)

OLD_MONDAY = '2020-01-06'
CLUSTER = {'conf': {'wal_level': 'logical'}}


def maintain(database):
    """Runs maintenance(), which must end by itself, and returns what it did; nobody may wait for a lock meanwhile."""
    queued = []
    over = threading.Event()

    def watch():
        while not over.wait(0.01):
            queued.append(database.cluster.psql('SELECT count(*) FROM pg_locks WHERE NOT granted'))
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    thread, results = in_thread(lambda: database.psql('SELECT action, object FROM internal_events.maintenance()'))
    try:
        assert ends(thread), 'maintenance() waits'
    finally:
        over.set()
        watcher.join()
    assert set(queued) <= {'0'}
    assert results, 'maintenance() failed'
    return results[0].splitlines()


def this_weeks_partition(database):
    """Returns the name of the partition that is being written now."""
    return database.psql("SELECT 'internal_events.events_' || to_char(internal_events.monday("
                         "internal_events.utc_day(clock_timestamp())), 'YYYYMMDD')")

def test_maintenance_beside_open_writers(db):
    """maintenance() neither waits for open transactions that write or read the log, nor makes any other session wait."""
    define(db)
    with session(db, autocommit=False) as writer, session(db, autocommit=False) as defaulted, \
            session(db, autocommit=False) as reader:
        track(writer, 'opened')
        one(reader, 'SELECT value FROM metrics."counts.opened"')
        maintain(db)
        track(writer, 'opened')
        writer.connection.commit()
        reader.connection.commit()
        db.psql(f'DROP TABLE {this_weeks_partition(db)}; TRUNCATE shadow')
        track(defaulted, 'opened')
        assert one(defaulted, 'SELECT count(*) FROM internal_events.events_default') == 1
        # The events are not to be moved yet: whoever wrote them is not done.
        assert maintain(db) == []
        track(defaulted, 'edited')
        with session(db) as other:
            track(other, 'closed')
        defaulted.connection.commit()
    compare(db)
    assert len(maintain(db)) == 1
    assert db.psql('SELECT count(*) FROM internal_events.events_default') == '0'
    compare(db)
    assert rollup(db) == 3
    compare(db)


@pytest.mark.parametrize('mode', ['SHARE UPDATE EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'ACCESS EXCLUSIVE'])
def test_maintenance_beside_other_work_on_the_log(db, mode):
    """Where an administrator's ANALYZE or ALTER holds the log, maintenance() makes no writer wait for that."""
    define(db)
    db.psql(f'DROP TABLE {this_weeks_partition(db)}')
    track_some(db, 1)
    with session(db, autocommit=False) as other, session(db) as writer:
        other.execute(f'LOCK TABLE ONLY internal_events.events IN {mode} MODE')
        thread, _ = in_thread(lambda: db.psql('SELECT * FROM internal_events.maintenance()', check=False))
        # ALTER keeps everybody from looking at the log; all else maintenance() gives way to.
        if mode == 'ACCESS EXCLUSIVE':
            assert wait_until(lambda: db.psql('SELECT count(*) FROM pg_locks WHERE NOT granted') == '1'
                              or not thread.is_alive(), SECONDS)
        else:
            assert ends(thread), 'maintenance() waits'
        writer.execute("SET lock_timeout = '1s'")
        track(writer, 'opened')
        other.connection.rollback()
        assert ends(thread)
    maintain(db)
    assert db.psql('SELECT count(*) FROM internal_events.events_default') == '0'
    compare(db)


def test_events_in_the_default_partition_find_their_place(db):
    """Events of this week and of weeks past leave the default partition at the next maintenance(), read or unread."""
    define(db)
    track_in_week(db, '2026-01-05', 10)
    # Detached and put back row by row: these are weeks for which there was no partition.
    db.psql('''ALTER TABLE internal_events.events DETACH PARTITION internal_events.events_20260105;
               INSERT INTO internal_events.events SELECT * FROM internal_events.events_20260105;
               DROP TABLE internal_events.events_20260105''')
    db.psql(f'DROP TABLE {this_weeks_partition(db)}')
    track_some(db, 4)
    assert rollup(db) == 22
    track_some(db, 1)
    assert db.psql('SELECT count(*) FROM internal_events.events_default') == '25'
    compare(db)
    created = maintain(db)
    assert f"created|{this_weeks_partition(db).partition('.')[2]}" in created
    assert 'created|events_20260105' in created
    assert db.psql('SELECT count(*) FROM internal_events.events_default') == '0'
    compare(db)
    track_some(db, 1)
    assert db.psql('SELECT count(*) FROM internal_events.events_default') == '0'
    compare(db)
    assert rollup(db) == 6
    compare(db)


def test_a_session_follows_the_partitions(db):
    """A session that has tracked finds new partitions by itself, also within one transaction."""
    define(db)
    db.psql(f'DROP TABLE {this_weeks_partition(db)}')
    with session(db) as cursor:
        track(cursor, 'opened')
        maintain(db)
        track(cursor, 'opened')
        assert one(cursor, 'SELECT count(*) FROM internal_events.events_default') == 0
        cursor.execute('BEGIN')
        track(cursor, 'opened')
        cursor.execute('SAVEPOINT a')
        track(cursor, 'opened')
        cursor.execute('ROLLBACK TO a')
        track(cursor, 'opened')
        cursor.execute('COMMIT')
    compare(db)
    assert rollup(db) == 4
    compare(db)


def test_old_partitions_wait_for_every_reader(db):
    """A partition is dropped when it is old and every reader has passed it; what it held stays counted."""
    define(db)
    partition = track_in_week(db, OLD_MONDAY, 30)
    configure(db, snowplow_collector_url='http://127.0.0.1:9', forwarding_retention='36500d')
    db.psql('''INSERT INTO internal_events.readers (name, cluster_id, snapshot)
               VALUES ('forwarder', internal_events.cluster_id(), '1:1:')''')
    dropped = f"dropped|{partition}"
    assert dropped not in maintain(db), 'nobody has read it'
    assert rollup(db) == 30
    assert dropped not in maintain(db), 'the forwarder has not read it'
    compare(db)
    forward = "UPDATE internal_events.readers SET snapshot = pg_current_snapshot() WHERE name = 'forwarder'"
    db.psql(forward)
    with session(db, autocommit=False) as reader:
        assert one(reader, f'SELECT count(*) FROM {partition}') == 30
        assert dropped not in maintain(db), 'somebody looks at it'
    assert dropped in maintain(db)
    compare(db)
    track_in_week(db, '2020-01-13', 5)
    assert rollup(db) == 5
    db.psql(forward)
    assert maintain(db) == ['dropped|internal_events.events_20200113']
    assert db.psql('SELECT sum(events) FROM internal_events.dropped_events') == '35'
    compare(db)


@pytest.mark.parametrize('level', ['REPEATABLE READ', 'SERIALIZABLE'])
def test_maintenance_does_not_drop_what_its_snapshot_cannot_see(db, level):
    """At other isolation levels maintenance() is refused or takes care: events newer than its snapshot must not go."""
    define(db)
    partition = track_in_week(db, OLD_MONDAY, 3)
    rollup(db)
    with session(db, autocommit=False) as late:
        late.connection.set_session(isolation_level=level)
        one(late, 'SELECT count(*) FROM shadow')
        track_in_week(db, OLD_MONDAY, 4)
        late_error = sqlstate(late, 'SELECT * FROM internal_events.maintenance()')
        late.connection.commit()
    compare(db)
    assert rollup(db) == 4, late_error
    compare(db)
    assert f'dropped|{partition}' in maintain(db)


def test_what_is_committed_while_maintenance_waits_stays(cluster, db):
    """A prepared transaction that is committed while maintenance() waits for its lock keeps its partition."""
    define(db)
    partition = track_in_week(db, OLD_MONDAY, 3)
    rollup(db)
    with session(db, autocommit=False) as cursor:
        cursor.execute(f'''
            INSERT INTO {partition}
            SELECT (jsonb_populate_record(e, jsonb_build_object('xid', pg_current_xact_id()::text::bigint,
                                                                'id', gen_random_uuid()))).*
              FROM {partition} e
             LIMIT 1''')
        cursor.execute("INSERT INTO shadow SELECT * FROM shadow LIMIT 1")
        cursor.execute("PREPARE TRANSACTION 'late'")
    asleep = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"
    thread, result = in_thread(lambda: maintain(db))
    with session(db) as observer:
        while thread.is_alive() and not one(observer, asleep):
            pass
        observer.execute("COMMIT PREPARED 'late'")
    assert ends(thread) and f'dropped|{partition}' not in result[0]
    compare(db)
    assert rollup(db) == 1
    compare(db)
    assert f'dropped|{partition}' in maintain(db)


def test_one_step_that_fails_holds_up_no_other(db):
    """A partition that somebody has detached, and one that a view hangs on, are named; all else is done."""
    define(db)
    for monday in ('2020-01-06', '2020-01-13', '2020-01-20'):
        track_in_week(db, monday, 2)
    rollup(db)
    detached = this_weeks_partition(db)
    db.psql(f'ALTER TABLE internal_events.events DETACH PARTITION {detached}')
    db.psql('CREATE VIEW old AS SELECT id FROM internal_events.events_20200113')
    db.psql("DROP TABLE internal_events.events_" + db.psql(
        "SELECT to_char(max(monday), 'YYYYMMDD') FROM internal_events.partition_weeks()"))
    said = db.psql('SELECT action, object FROM internal_events.maintenance()', check=False)
    done = {tuple(line.split('|', 1)) for line in said.splitlines() if '|' in line}
    assert {object for action, object in done if action == 'dropped'} == {
        'internal_events.events_20200106', 'internal_events.events_20200120'}
    assert len([object for action, object in done if action == 'created']) == 1
    failed = sorted(object for action, object in done if action == 'failed')
    assert failed[0].startswith('drop internal_events.events_20200113: cannot drop table')
    assert failed[1] == f'make {detached.partition(".")[2]}: {detached} is no partition of internal_events.events'
    assert said.count('WARNING:  maintenance could not') == 2 and 'HINT:  It did the rest.' in said
    db.psql(f'DROP VIEW old; DROP TABLE {detached}')
    assert {line.partition('|')[0] for line in maintain(db)} == {'dropped', 'created'}


def test_a_rollup_that_was_prepared_holds_up_nothing_else(db):
    """Maintenance waits for its lock for a minute at most, and does without."""
    define(db)
    db.psql("ALTER FUNCTION internal_events.maintenance() SET lock_timeout = '50ms'")
    partition = track_in_week(db, OLD_MONDAY, 2)
    rollup(db)
    db.psql("""
        INSERT INTO internal_events.service_pings (recorded_at, status, week, as_of, moment, forced, uuid)
        VALUES ('2020-01-01', 'failed', '2019-12-30', '2020-01-01', '2020-01-01', true, gen_random_uuid());
        INSERT INTO internal_events.service_ping_measurements (ping_id, position, key_path, time_frame, kind, value_type)
        SELECT id, 1, 'a', 'all', 'events', 'number' FROM internal_events.service_pings""")
    with session(db, autocommit=False) as cursor:
        cursor.execute("SELECT internal_events.rollup()")
        cursor.execute("PREPARE TRANSACTION 'rollup'")
    try:
        # What that has read is in use; all else is done.
        assert db.psql('SELECT action, object FROM internal_events.maintenance()').splitlines() == [
            'failed|merge buckets: canceling statement due to lock timeout', 'deleted|1 measurements']
    finally:
        db.psql("ROLLBACK PREPARED 'rollup'")
    assert f'dropped|{partition}' in maintain(db)


def test_where_all_tables_are_published(cluster, db):
    """Each table has an identity, so that rows can be deleted and changed where a publication has all tables."""
    lacking = db.psql("""
        SELECT c.oid::regclass
          FROM pg_class c
         WHERE c.relnamespace = 'internal_events'::regnamespace AND c.relkind = 'r' AND c.relreplident <> 'f'
           AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)""")
    assert lacking == ''
    define(db)
    db.psql(f'DROP TABLE {this_weeks_partition(db)}')
    track_some(db, 1)
    db.psql('CREATE PUBLICATION everything FOR ALL TABLES')
    assert any(line.startswith('created|') for line in maintain(db))
    db.psql('SELECT internal_events.reset_instance_uuid()')
    db.psql('DELETE FROM internal_events.events')
    assert cluster.psql('SHOW wal_level') == 'logical'


def test_two_maintenances_at_once(db):
    """Two maintenances beside each other and beside rollups fail nobody and lose nothing."""
    db.psql("ALTER DATABASE test SET internal_events.bucket_retention = '28d'")
    define(db)
    for monday in ('2020-01-06', '2020-01-13', '2020-01-20'):
        track_in_week(db, monday, 10)
    db.psql(f'DROP TABLE {this_weeks_partition(db)}')
    track_some(db, 3)
    with Background() as beside:
        for _ in range(2):
            beside.repeat(lambda: db.psql('SELECT * FROM internal_events.maintenance()'))
            beside.repeat(lambda: rollup(db))
        for _ in range(20):
            track_some(db, 2)
    rollup(db)
    maintain(db)
    compare(db)
    assert db.psql("SELECT count(*) FROM internal_events.partition_weeks() WHERE monday < '2021-01-01'") == '0'
