"""Maintenance beside writers, readers and other work on the log."""

import threading

import pytest

from cluster import wait_until
from pings import configure
from support import (SECONDS, Background, compare, define, one, rollup, session, sqlstate, track, track_in_week, track_some,
                     in_thread, ends)

OLD_MONDAY = '2020-01-06'


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
