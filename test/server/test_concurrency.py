"""Rollups, maintenance, definitions and writers beside each other."""

import threading

import psycopg2
import pytest

from cluster import wait_until
from support import (EVENTS, Background, compare, define, event_yaml, load_event, one, rollup, session, sqlstate,
                     track, track_in_week, track_some, waits_for_lock)

OLD_MONDAY = '2020-01-06'
SECONDS = 10


def in_thread(work):
    """Starts `work` in a thread; returns the thread and a list that gets the result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    return thread, results


def ends(thread):
    """Says whether a thread ends in time; a bound for what must not wait at all, not a measure of speed."""
    thread.join(SECONDS)
    return not thread.is_alive()


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


def test_second_rollup_waits_and_counts_nothing_twice(db):
    """A second rollup waits for the first by default, then reads what has come since."""
    define(db)
    track_some(db, 5)
    with session(db, autocommit=False) as first, session(db) as second:
        assert one(first, 'SELECT internal_events.rollup()') == 15
        thread, read = in_thread(lambda: one(second, 'SELECT internal_events.rollup()'))
        assert wait_until(lambda: waits_for_lock(db, second.connection.info.backend_pid), SECONDS)
        track_some(db, 2)
        first.connection.commit()
        assert ends(thread)
    assert read == [6]
    compare(db)


def test_second_rollup_leaves_at_once(db):
    """With wait => false a rollup beside another one returns 0 at once and has changed nothing."""
    define(db)
    track_some(db, 5)
    with session(db, autocommit=False) as first:
        assert one(first, 'SELECT internal_events.rollup()') == 15
        assert rollup(db, wait=False) == 0
        first.connection.rollback()
    compare(db)
    assert rollup(db, wait=False) == 15
    compare(db)


def test_a_rollup_that_shall_not_wait_does_not_wait_for_the_first_one_either(db):
    """Also where the other rollup is the first of this database, wait => false leaves at once."""
    define(db)
    track_some(db, 1)
    # As after a restore: nothing has been read in this cluster.
    db.psql('DELETE FROM internal_events.readers')
    with session(db, autocommit=False) as first:
        assert one(first, 'SELECT internal_events.rollup()') == 3
        thread, read = in_thread(lambda: rollup(db, wait=False))
        left = ends(thread)
        first.connection.commit()
    assert left, 'it waits'
    assert read == [0]
    compare(db)


def test_a_rollup_that_shall_not_wait_does_not_wait_for_definitions(db):
    """Nor does it wait for a transaction that loads the first definition."""
    with session(db, autocommit=False) as loading:
        loading.execute('SELECT internal_events.load_event_definition(%s)', (event_yaml('opened'),))
        thread, read = in_thread(lambda: rollup(db, wait=False))
        left = ends(thread)
        loading.connection.rollback()
    assert left, 'it waits'
    assert read == [0]


@pytest.mark.parametrize('first_level', ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])
@pytest.mark.parametrize('level', ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])
def test_isolation_levels(db, first_level, level):
    """At any isolation level a rollup that cannot go on where another has been fails as a whole, and none counts twice."""
    define(db)
    track_some(db, 3)
    with session(db, autocommit=False) as first, session(db, autocommit=False) as second:
        first.connection.set_session(isolation_level=first_level)
        second.connection.set_session(isolation_level=level)
        # The second's snapshot is older than the first's rollup.
        one(second, 'SELECT count(*) FROM internal_events.events')
        assert one(first, 'SELECT internal_events.rollup()') == 9
        first.connection.commit()
        failed = sqlstate(second, 'SELECT internal_events.rollup()')
        assert failed == (None if level == 'READ COMMITTED' else '40001')
        if failed:
            second.connection.rollback()
            assert one(second, 'SELECT internal_events.rollup()') == 0
        second.connection.commit()
    compare(db)


@pytest.mark.parametrize('level', ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])
def test_rollup_reads_what_its_snapshot_sees(db, level):
    """Events committed after the snapshot of a rollup's transaction are the next rollup's."""
    define(db)
    track_some(db, 3)
    with session(db, autocommit=False) as cursor:
        cursor.connection.set_session(isolation_level=level)
        one(cursor, 'SELECT count(*) FROM internal_events.events')
        track_some(db, 2)
        assert one(cursor, 'SELECT internal_events.rollup()') == (15 if level == 'READ COMMITTED' else 9)
        cursor.connection.commit()
    compare(db)
    assert rollup(db) == (0 if level == 'READ COMMITTED' else 6)
    compare(db)


@pytest.mark.parametrize('end', ['commit', 'rollback'])
def test_rollup_in_the_transaction_that_tracked(db, end):
    """A rollup leaves the events of its own transaction, before and after it, to the next one."""
    define(db)
    track_some(db, 2)
    with session(db, autocommit=False) as cursor:
        track(cursor, 'opened', user=71)
        track_some(db, 1)
        assert one(cursor, 'SELECT internal_events.rollup()') == 9
        track(cursor, 'opened', user=72)
        assert one(cursor, 'SELECT internal_events.rollup()') == 0
        # Live all the same.
        assert one(cursor, 'SELECT value FROM metrics."counts.opened"') == 5
        getattr(cursor.connection, end)()
    compare(db)
    assert rollup(db) == (2 if end == 'commit' else 9)
    compare(db)


FAILURES = {
    # Half of the buckets are written when the last kind of event fails.
    'constraint': ('ALTER TABLE internal_events.buckets ADD CONSTRAINT temporary CHECK (total IS NULL OR total < 20) NOT VALID',
                   'ALTER TABLE internal_events.buckets DROP CONSTRAINT temporary', '23514'),
    # It hangs on a locked bucket until it is ended.
    'timeout': (None, None, '57014'),
    'cancel': (None, None, '57014'),
    'terminate': (None, None, '57P01'),
}


@pytest.mark.parametrize('how', FAILURES)
def test_failed_rollup_changes_nothing(db, how):
    """A rollup that fails half way leaves everything as it was, and the next one reads it all."""
    before, after, expected = FAILURES[how]
    define(db)
    track_some(db, 3)
    assert rollup(db) == 9
    with session(db, autocommit=False) as cursor:
        for number in range(30):
            track(cursor, EVENTS[number % 3], user=number)
        for _ in range(30):
            track(cursor, 'closed')
        cursor.connection.commit()
    state = 'SELECT r.*, (SELECT array_agg(b::text ORDER BY rule_id, day) FROM internal_events.buckets b) ' \
            'FROM internal_events.readers r'
    was = db.psql(state)
    with session(db, autocommit=False) as holder, session(db) as cursor:
        if before:
            db.psql(before)
            assert sqlstate(cursor, 'SELECT internal_events.rollup()') == expected
            db.psql(after)
        else:
            holder.execute('SELECT FROM internal_events.buckets WHERE (rule_id, day) = '
                           '(SELECT rule_id, day FROM internal_events.buckets ORDER BY 1 DESC, 2 DESC LIMIT 1) FOR UPDATE')
            if how == 'timeout':
                cursor.execute("SET statement_timeout = '500ms'")
            thread, failed = in_thread(lambda: sqlstate(cursor, 'SELECT internal_events.rollup()'))
            if how != 'timeout':
                pid = cursor.connection.info.backend_pid
                assert wait_until(lambda: waits_for_lock(db, pid), SECONDS)
                db.psql(f'SELECT pg_{how}_backend({pid})')
            assert ends(thread)
            # libpq cannot tell the state of a connection that was ended.
            assert failed in ([expected], [None] if how == 'terminate' else [expected])
    assert db.psql(state) == was
    compare(db)
    assert rollup(db) == 60
    compare(db)


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


def test_definitions_are_news_to_every_session(db):
    """A new, a changed and a removed definition count in other sessions at once, without a reconnect."""
    define(db)
    with session(db) as cursor:
        assert one(cursor, "SELECT track_event('opened')")
        assert not one(cursor, "SELECT track_event('later')")
        load_event(db, 'later')
        assert one(cursor, "SELECT track_event('later')")
        load_event(db, 'later', properties=('stage',))
        assert one(cursor, """SELECT track_event('later', additional_properties => '{"stage": "one"}')""")
        assert one(cursor, "SELECT additional_properties FROM internal_events.events ORDER BY id DESC LIMIT 1") == {'stage': 'one'}
        yaml = event_yaml('later', status='removed')
        db.psql(f'SELECT internal_events.load_event_definition($y${yaml}$y$)')
        assert not one(cursor, "SELECT track_event('later')")
        assert 'status: removed' in cursor.connection.notices[-1]


def test_new_definition_in_a_running_transaction(db):
    """A transaction that began before an event was defined can track it, at any isolation level."""
    define(db)
    for number, level in enumerate(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']):
        with session(db, autocommit=False) as cursor:
            cursor.connection.set_session(isolation_level=level)
            assert one(cursor, "SELECT track_event('opened')")
            assert not one(cursor, f"SELECT track_event('new{number}')")
            load_event(db, f'new{number}')
            assert one(cursor, f"SELECT track_event('new{number}')")
            cursor.connection.commit()


@pytest.mark.parametrize('undo', ['ROLLBACK', 'ROLLBACK TO a'])
def test_rolled_back_definition_leaves_no_trace(db, undo):
    """A session that loads a definition, tracks it and rolls back does not know it afterwards."""
    define(db)
    with session(db) as cursor:
        assert one(cursor, "SELECT track_event('opened')")
        cursor.execute('BEGIN')
        cursor.execute('SAVEPOINT a')
        cursor.execute('SELECT internal_events.load_event_definition(%s)', (event_yaml('passing'),))
        assert one(cursor, "SELECT track_event('passing')")
        assert one(cursor, "SELECT internal_events.total_count('passing', '-infinity', 'infinity')") == 1
        with session(db) as other:
            assert not one(other, "SELECT track_event('passing')")
        cursor.execute(undo)
        assert not one(cursor, "SELECT track_event('passing')")
        cursor.execute('ROLLBACK')
        assert not one(cursor, "SELECT track_event('passing')")
        assert one(cursor, "SELECT track_event('opened')")
    assert rollup(db) == 2


def test_writers_do_not_wait_for_definitions_or_rollups(db):
    """A writer goes on beside an open transaction that loads definitions and one that rolls up."""
    define(db)
    with session(db, autocommit=False) as loading, session(db, autocommit=False) as folding:
        loading.execute('SELECT internal_events.load_event_definition(%s)', (event_yaml('passing'),))
        folding.execute('SELECT internal_events.rollup()')
        with session(db) as writer:
            writer.execute("SET lock_timeout = '10ms'")
            track(writer, 'opened')
        loading.connection.rollback()
        folding.connection.rollback()
    compare(db)


def test_lost_connection_while_tracking(db):
    """A session that ends in the middle of its transaction leaves no event."""
    define(db)
    with session(db, autocommit=False) as cursor:
        track(cursor, 'opened')
        db.psql(f'SELECT pg_terminate_backend({cursor.connection.info.backend_pid})')
        with pytest.raises(psycopg2.OperationalError):
            cursor.execute('SELECT 1')
    assert rollup(db) == 0
    compare(db)
