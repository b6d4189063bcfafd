"""What a session holds while a collector keeps it waiting, and what becomes of events whose session ends meanwhile."""

import contextlib
import time

import pytest

from cluster import wait_until
from forwarding import (FORCE, FORWARD, expect_all, expect_each_once, forward, forward_to, forwarder, is_under_way,
                        load, logged, status, track_many)
from pings import activity, ended
from support import Background, ends, in_thread, one, program, session, sqlstate

CANCELED = '57014'
IN_TRANSACTION = '2D000'
COUNT = 300
HANG = {'fault': 'hang', 'times': -1}
WAYS = {'CALL': FORWARD, 'DO': f'DO $$ BEGIN {FORWARD}; END $$'}


@pytest.fixture
def waiting(db, collector):
    """A database with events, whose collector does not answer until its faults are cleared."""
    load(db, 'opened')
    forward_to(db, collector, http_timeout='60s')
    track_many(db, COUNT)
    collector.faults(HANG)
    return db


@contextlib.contextmanager
def sender(database, collector, statement=FORWARD, before='SELECT', **kw):
    """A session that waits for the collector: its process id, its thread, and the SQLSTATE that comes out in the end."""
    with session(database, **kw) as cursor:
        cursor.execute(before)
        thread, states = in_thread(lambda: sqlstate(cursor, statement))
        try:
            assert is_under_way(collector), states
            yield cursor.connection.info.backend_pid, thread, states
        finally:
            collector.clear_faults()


@pytest.mark.parametrize('way', WAYS)
def test_nothing_is_held(waiting, collector, way):
    """While the network is waited for there is no transaction id, no snapshot and no lock; after CALL no transaction."""
    with sender(waiting, collector, WAYS[way]) as (pid, thread, states), session(waiting) as observer:
        assert forwarder(waiting) == pid and status(waiting).state == 'sending'
        for _ in range(5):
            assert activity(observer, pid) == (None, None, 0)
            if way == 'CALL':
                assert one(observer, 'SELECT xact_start FROM pg_stat_activity WHERE pid = %s', (pid,)) is None
            time.sleep(0.02)
        # What would have to wait for a lock or a snapshot does not.
        observer.execute("SET statement_timeout = '10s'")
        observer.execute('CREATE INDEX CONCURRENTLY ON internal_events.forwarding_queue (event_definition_id)')
        observer.execute('BEGIN; LOCK internal_events.events, internal_events.forwarding, internal_events.readers; '
                         'COMMIT')
        collector.clear_faults()
        assert ends(thread) and states == [None]
    assert forwarder(waiting) is None
    expect_all(collector, logged(waiting))


def test_nothing_is_held_between_tries(waiting, collector):
    """Nor is anything held while the run waits to try again."""
    collector.clear_faults()
    collector.faults({'fault': 'status', 'status': 503, 'times': -1})
    with sender(waiting, collector, before="SET internal_events.snowplow_connections = 1") as (pid, thread, states):
        assert is_under_way(collector, 3)
        with session(waiting) as observer:
            assert wait_until(lambda: activity(observer, pid) == (None, None, 0), 1)
            assert one(observer, 'SELECT xact_start FROM pg_stat_activity WHERE pid = %s', (pid,)) is None
            begin = time.monotonic()
            assert one(observer, 'SELECT pg_cancel_backend(%s)', (pid,))
            assert ends(thread) and time.monotonic() - begin < 1
    assert states == [CANCELED] and forwarder(waiting) is None
    forward(waiting)
    expect_each_once(waiting, collector)


def test_others_go_on(waiting, collector):
    """Sessions that track, count and maintain are not slowed, and what they track meanwhile goes out in the same run."""
    with sender(waiting, collector) as (_pid, thread, states), session(waiting) as other:
        other.execute("SET statement_timeout = '10s'")
        begin = time.monotonic()
        for _ in range(100):
            assert one(other, "SELECT track_event('opened')")
        assert time.monotonic() - begin < 2
        assert one(other, 'SELECT internal_events.rollup()') == COUNT + 100
        other.execute('SELECT * FROM internal_events.maintenance()')
        assert status(waiting).backlog == COUNT + 100
        assert thread.is_alive()
        collector.clear_faults()
        assert ends(thread) and states == [None]
    expect_each_once(waiting, collector)


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('is_stored', [False, True])
def test_cancel(waiting, collector, way, is_stored):
    """A cancel ends the wait at once; all arrives later, and twice only what had arrived without an answer."""
    collector.clear_faults()
    collector.faults({**HANG, 'stored': is_stored})
    with sender(waiting, collector, WAYS[way]) as (pid, thread, states), session(waiting) as other:
        begin = time.monotonic()
        assert one(other, 'SELECT pg_cancel_backend(%s)', (pid,))
        assert ends(thread) and time.monotonic() - begin < 1
        assert states == [CANCELED]
    assert forwarder(waiting) is None and status(waiting).backlog == COUNT
    forward(waiting, force=False)
    expect_all(collector, logged(waiting))
    assert bool(collector.duplicates()) == is_stored
    assert status(waiting).delivered == COUNT and status(waiting).backlog == 0


def test_what_arrived_before_a_cancel_is_noted(waiting, collector):
    """What has been answered when a cancel comes is not sent again."""
    collector.clear_faults()
    collector.faults({'fault': 'slow_body', 'times': 2, 'bytes': 2, 'pause': 0}, HANG)
    before = 'SET internal_events.snowplow_connections = 1; SET internal_events.snowplow_batch_bytes = 10000'
    with sender(waiting, collector, before=before) as (pid, thread, states), session(waiting) as other:
        assert is_under_way(collector, 3)
        arrived = collector.summary()['good']
        assert 0 < arrived < COUNT
        assert one(other, 'SELECT pg_cancel_backend(%s)', (pid,))
        assert ends(thread) and states == [CANCELED]
    assert (status(waiting).delivered, status(waiting).backlog) == (arrived, COUNT - arrived)
    forward(waiting, force=False)
    expect_each_once(waiting, collector)


@pytest.mark.parametrize('way', WAYS)
def test_terminate(waiting, collector, way):
    """The end of the session ends the wait at once; whoever comes next goes on, without having to wait or to force it."""
    with sender(waiting, collector, WAYS[way]) as (pid, thread, _states), session(waiting) as other:
        begin = time.monotonic()
        assert one(other, 'SELECT pg_terminate_backend(%s)', (pid,))
        assert ended(waiting, pid) and time.monotonic() - begin < 1
        assert ends(thread)
        assert status(waiting).state == 'ready' and status(waiting).backlog == COUNT
    forward(waiting, force=False)
    expect_each_once(waiting, collector)


def test_a_stop_of_the_server(cluster, waiting, collector):
    """A fast stop does not wait for the collector, and the events are sent after the start."""
    with sender(waiting, collector) as (_pid, thread, _states):
        cluster.stop(seconds=5)
        assert ends(thread)
    cluster.start()
    forward(waiting, force=False)
    expect_each_once(waiting, collector)


@pytest.mark.parametrize('statement', [FORWARD, FORCE])
def test_one_at_a_time(waiting, collector, statement):
    """A second call beside says who is at it, and sends nothing, force or not."""
    with sender(waiting, collector) as (pid, thread, states):
        count = len(collector.requests())
        for _ in range(3):
            assert f'session {pid} is sending' in forward(waiting, force=statement == FORCE)
        assert len(collector.requests()) == count and forwarder(waiting) == pid
        collector.clear_faults()
        assert ends(thread) and states == [None]
    expect_each_once(waiting, collector)


def test_many_at_once(waiting, collector):
    """However many call it at once, each event goes out once, also those that are tracked meanwhile."""
    collector.clear_faults()
    with Background() as beside:
        for _ in range(5):
            beside.repeat(lambda: forward(waiting, force=False), pause=0)
        for _ in range(40):
            track_many(waiting, 25)
    forward(waiting)
    expect_each_once(waiting, collector)


def test_in_a_transaction(waiting, collector):
    """In a transaction block, a function or a procedure that has one it is refused, and nothing is sent."""
    collector.clear_faults()
    with session(waiting, autocommit=False) as cursor:
        assert sqlstate(cursor, FORWARD) == IN_TRANSACTION
    with session(waiting) as cursor:
        cursor.execute(f'CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {FORWARD}; END $$')
        assert sqlstate(cursor, 'SELECT pg_temp.f()') == IN_TRANSACTION
    assert collector.requests() == [] and status(waiting).queued == 0 and forwarder(waiting) is None


@pytest.mark.parametrize('way', WAYS)
def test_statement_timeout_is_not_ours(waiting, collector, way):
    """The wait is bounded by http_timeout, not by the session's timeouts for statements."""
    before = "SET statement_timeout = '300ms'; SET idle_in_transaction_session_timeout = '300ms'"
    with sender(waiting, collector, WAYS[way], before) as (_pid, thread, states):
        thread.join(0.7)
        assert thread.is_alive()
        collector.clear_faults()
        assert ends(thread) and states == [None]
    expect_all(collector, logged(waiting))


@pytest.mark.parametrize('setting', ["default_transaction_isolation = 'repeatable read'", 'synchronous_commit = off',
                                     "default_transaction_isolation = 'serializable'", 'row_security = off',
                                     "search_path = ''", 'enable_indexscan = off', "DateStyle = 'German'",
                                     "standard_conforming_strings = off", "bytea_output = 'escape'"])
def test_settings_of_the_session(waiting, collector, setting):
    """What a session is set to makes no difference."""
    collector.clear_faults()
    with session(waiting) as cursor:
        cursor.execute(f'SET {setting}')
        cursor.execute(FORWARD)
    expect_each_once(waiting, collector)


@pytest.mark.parametrize('protocol', ['simple', 'extended', 'prepared'])
def test_protocols(cluster, waiting, collector, tmp_path, protocol):
    """It works in each way in which a client can send a statement, also again and again in one session."""
    collector.clear_faults()
    (tmp_path / 'script').write_text(f"SELECT track_event('opened');\n{FORWARD};\n")
    program(cluster, 'pgbench', '-n', '-M', protocol, '-t', 5, '-f', tmp_path / 'script', waiting.name)
    expect_each_once(waiting, collector)
    assert sum(note['events'] for note in collector.requests()) == COUNT + 5


def test_a_run_that_has_nothing_to_do(waiting, collector):
    """Without events there is no request."""
    collector.clear_faults()
    forward(waiting)
    count = len(collector.requests())
    for _ in range(3):
        assert forward(waiting, force=False) == ''
    assert len(collector.requests()) == count
