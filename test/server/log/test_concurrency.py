"""Rollups, definitions and writers beside each other."""

import psycopg2
import pytest

from cluster import wait_until
from support import (EVENTS, SECONDS, compare, define, event_yaml, load_event, metric_yaml, one, rollup, session, sqlstate, track,
                     track_some, waits_for_lock, in_thread, ends)


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


def test_definitions_that_replication_writes_are_news_too(db):
    """What a session loads that replicates, where triggers are off by default, reaches those that run."""
    load_event(db, 'opened')
    with session(db) as cursor:
        assert one(cursor, "SELECT track_event('opened')")
        assert not one(cursor, "SELECT track_event('edited')")
        with session(db) as other:
            other.execute('SET session_replication_role = replica')
            other.execute('SELECT internal_events.load_event_definition(%s)', (event_yaml('edited'),))
        assert one(cursor, "SELECT track_event('edited')")


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


@pytest.mark.parametrize('level', ['READ COMMITTED', 'REPEATABLE READ'])
def test_two_sessions_count_new_rules_once(db, level):
    """A rule that was left uncounted, and that two sessions find so, is counted once; none fails for a bucket that is there."""
    define(db)
    track_some(db, 5)
    rollup(db)
    yaml = metric_yaml('filtered.opened', {'name': 'opened', 'unique': 'user.id', 'filter': {'value': 3}})
    db.psql(f'SELECT internal_events.load_metric_definition($yaml${yaml}$yaml$, count_retained => false)')
    with session(db, autocommit=False) as first, session(db, autocommit=False) as second:
        second.connection.set_session(isolation_level=level)
        second.execute('SELECT')
        first.execute('SELECT internal_events.count_retained()')
        thread, failed = in_thread(lambda: sqlstate(second, 'SELECT internal_events.count_retained()'))
        assert wait_until(lambda: waits_for_lock(db, second.connection.info.backend_pid), SECONDS)
        first.connection.commit()
        assert ends(thread)
        second.connection.commit()
    serialization_failure = '40001'
    assert failed == [None if level == 'READ COMMITTED' else serialization_failure]
    assert db.psql("SELECT internal_events.metric_value('filtered.opened')") == '1'
    compare(db)


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
