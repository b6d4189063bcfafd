"""A build that was interrupted, in whatever way, goes on where it was: nothing is counted twice, nothing is lost."""

import os
import random
import signal
import time

import pytest

from cluster import ClusterError, wait_until
from measuring import CALL, FORCE, counts_batches, load, make_table, measured, payload, progress, statuses
from support import SECONDS, in_thread, one, session, sqlstate

CLUSTER = {'fsync': True, 'expect_crash': True}
SEED = int(os.environ.get('INTERNAL_EVENTS_SEED', '20261120'))
ROWS = 200_000
CANCELED = '57014'
# A condition that is always true and takes a while.
SLOW = "md5(repeat(filler, 80)) <> ''"


@pytest.fixture(name='slow')
def fixture_slow(db):
    """A database with a metric that takes some ten batches, between two that are quick."""
    make_table(db, 'slow', ROWS)
    load(db, 'a.quick', operation='count', relation='slow')
    load(db, 'b.slow', operation='count', relation='slow', where=SLOW, batch_size=10000)
    load(db, 'c.sum', operation='sum', relation='slow', column='amount')
    return db


def expected(database):
    """Returns the values of the metrics by plain SQL."""
    total, amount = database.psql('SELECT count(*), sum(amount) FROM slow').split('|')
    return {'a.quick': ('ok', int(total), None), 'b.slow': ('ok', int(total), None), 'c.sum': ('ok', int(amount), None)}


def position(database):
    """Returns where the slow metric's counting goes on: batches counted, the next id, how often its rows were read so far."""
    with session(database) as cursor:
        return one(cursor, "SELECT batch, (progress ->> 'next')::bigint, (progress #>> '{parts,\"\",n}')::bigint "
                           "FROM internal_events.service_ping_measurements WHERE key_path = 'b.slow' "
                           "ORDER BY ping_id DESC LIMIT 1")


def gone(database, pid):
    """Says whether a session has ended, as far as others can see; no, while nobody is let in."""
    try:
        return database.psql(f'SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}') == '0'
    except ClusterError:
        return False


def build_in_thread(database):
    """Starts a build in a session of its own; returns its process id, what cancels it, the thread and its result."""
    connection = database.connect()
    connection.autocommit = True

    def build():
        state = sqlstate(connection.cursor(), CALL)
        lost = connection.closed
        connection.close()
        return 'lost' if lost else state
    return connection.info.backend_pid, connection.cancel, *in_thread(build)


def cancel(database, pid, _cancel):
    """Cancels what a session does, as an administrator."""
    assert database.psql(f'SELECT pg_cancel_backend({pid})') == 't'


def cancel_by_client(_database, _pid, cancel_own):
    """Cancels it as its own client, by Ctrl-C."""
    cancel_own()


def terminate(database, pid, _cancel):
    """Ends a session."""
    assert database.psql(f'SELECT pg_terminate_backend({pid})') == 't'


def kill(database, pid, _cancel):
    """Kills a session, upon which the server throws out all others and recovers."""
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: gone(database, pid), 2 * SECONDS)


@pytest.mark.parametrize('interrupt', [cancel, cancel_by_client, terminate, kill])
def test_goes_on_where_it_was(slow, interrupt):
    """The interruption takes effect at once, the ping stays, and what was counted before is not counted again."""
    before = expected(slow)
    pid, own_cancel, thread, states = build_in_thread(slow)
    assert counts_batches(slow, 'b.slow', 2)
    begin = time.monotonic()
    interrupt(slow, pid, own_cancel)
    thread.join(SECONDS)
    took = time.monotonic() - begin
    if interrupt is not kill:
        assert took < 1
    assert states == [CANCELED if interrupt in (cancel, cancel_by_client) else 'lost']
    assert wait_until(lambda: interrupt is not terminate or gone(slow, pid), SECONDS)
    assert statuses(slow) == ['building']
    assert progress(slow)['is_running'] is False

    batch, following, rows = position(slow)
    assert batch >= 2 and rows == following - 1 < ROWS
    # Rows that are counted already: who counted them again would miss them.
    slow.psql(f'DELETE FROM slow WHERE id < {following}; INSERT INTO slow SELECT n, 1, 0, NULL, now(), $$new$$ '
              f'FROM generate_series({ROWS + 1}, {ROWS + 100}) n')
    with session(slow) as cursor:
        number = one(cursor, CALL)
    assert measured(slow, number)['a.quick'] == before['a.quick']
    assert measured(slow, number)['b.slow'] == before['b.slow']
    assert measured(slow, number)['c.sum'] == expected(slow)['c.sum']
    assert position(slow)[0] > batch
    assert statuses(slow) == ['built']


def test_interrupted_again_and_again(slow):
    """A build that is cancelled several times still ends, and its value is right."""
    seen = [0]
    for _ in range(3):
        pid, own_cancel, thread, states = build_in_thread(slow)
        assert counts_batches(slow, 'b.slow', seen[-1] + 1)
        cancel_by_client(slow, pid, own_cancel)
        thread.join(SECONDS)
        assert states == [CANCELED]
        seen.append(position(slow)[0])
    assert seen == sorted(set(seen))
    with session(slow) as cursor:
        number = one(cursor, CALL)
    assert measured(slow, number) == expected(slow)
    assert statuses(slow) == ['built']


def test_the_same_session_goes_on(slow):
    """A session that was cancelled can build on itself."""
    with session(slow) as cursor:
        thread, states = in_thread(lambda: sqlstate(cursor, CALL))
        assert counts_batches(slow, 'b.slow')
        cursor.connection.cancel()
        thread.join(SECONDS)
        assert states == [CANCELED]
        assert one(cursor, CALL) == 1
        assert measured(slow, 1) == expected(slow)
        assert one(cursor, FORCE) == 2
    assert measured(slow, 2) == expected(slow)


def test_a_week_that_ended(slow):
    """A ping that nobody finished in its week is given up as failed; the new week gets its own."""
    pid, own_cancel, thread, _ = build_in_thread(slow)
    assert counts_batches(slow, 'b.slow')
    cancel_by_client(slow, pid, own_cancel)
    thread.join(SECONDS)
    slow.psql("UPDATE internal_events.service_pings SET week = week - 7")
    with session(slow) as cursor:
        assert one(cursor, CALL) == 2
        assert one(cursor, 'SELECT sqlstate FROM internal_events.service_pings WHERE id = 1') == '57P01'
    assert statuses(slow) == ['failed', 'built']
    assert payload(slow, 1) is None


def test_the_server_is_killed(cluster, slow):
    """The postmaster dies by SIGKILL at random moments of a build: it is gone on with, once, to the right values."""
    choice = random.Random(SEED)
    before = expected(slow)
    killed_at = []
    for _ in range(5):
        _, _, thread, states = build_in_thread(slow)
        time.sleep(choice.uniform(0, 0.9))
        # Backends that compute would go on for a while without it.
        cluster.kill_postmaster(patience=0)
        thread.join(SECONDS)
        cluster.start()
        assert states == ['lost'], 'the build was over before the server was killed'
        assert statuses(slow) in ([], ['building'])
        killed_at.append(position(slow))
    print(f'seed {SEED}: killed at {killed_at}')
    with session(slow) as cursor:
        number = one(cursor, CALL)
        assert one(cursor, CALL) == number
    assert measured(slow, number) == before
    assert payload(slow, number)['b'] == {'slow': ROWS}
    assert statuses(slow) == ['built']
