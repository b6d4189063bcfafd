"""Whatever transactions events come in, and in whatever order those end: each event is read once."""

import contextlib
import itertools
import random

import pytest

from forwarding import (expect_all, expect_each_once, forward, forward_to, is_under_way, load, logged, lose_patience,
                        received, status, track_many)
from pings import ended
from support import SEED, Background, burn_transaction_ids, in_thread, one, session, sqlstate

TRACK = "SELECT track_event('opened', user_id => %s)"
# More than the portion that is read of a single transaction at once.
LARGE = 21_000
SOME = "SELECT count(*) FROM generate_series(1, %s) n WHERE track_event('opened', user_id => n)"
POSITION = "SELECT partial_xid IS NOT NULL FROM internal_events.readers WHERE name = 'forwarder' AND NOT finished"


@pytest.fixture
def ready(db, collector):
    """A database whose events go to the stand-in."""
    load(db, 'opened')
    forward_to(db, collector)
    return db


def write(database, seed, over):
    """Tracks in transactions of all kinds until it is told to stop."""
    choice = random.Random(seed)
    with session(database, autocommit=False) as cursor:
        while not over.is_set():
            for _ in range(choice.randint(1, 30)):
                cursor.execute(TRACK, (1,))
            if choice.random() < 0.4:
                cursor.execute('SAVEPOINT a')
                cursor.execute(TRACK, (2,))
                cursor.execute(choice.choice(['ROLLBACK TO a', 'RELEASE a', 'SAVEPOINT b']))
                cursor.execute(TRACK, (3,))
            if choice.random() < 0.3:
                over.wait(choice.random() / 5)
            if choice.random() < 0.2:
                cursor.connection.rollback()
            else:
                cursor.connection.commit()


def test_concurrent_writers(ready, collector):
    """What commits while the log is read and sent goes out once, whenever it began."""
    print(f'INTERNAL_EVENTS_SEED={SEED}')
    with Background() as beside:
        for number in range(4):
            beside.start(write, ready, SEED + number, beside.over)
        beside.repeat(lambda: forward(ready, force=False))
        assert collector.wait_for(3000)
    forward(ready)
    expect_each_once(ready, collector)


def test_late_commits(ready, collector):
    """Transactions that commit long after younger ones were sent go out then, in whatever order they end."""
    with contextlib.ExitStack() as stack:
        late = [stack.enter_context(session(ready, autocommit=False)) for _ in range(5)]
        for number, cursor in enumerate(late):
            cursor.execute(SOME, (10 ** number // 2,))
            track_many(ready, 7)
        sent = 35
        for number, cursor in sorted(enumerate(late), key=lambda pair: (pair[0] * 2) % 5):
            forward(ready, force=False)
            assert collector.summary()['good'] == sent
            track_many(ready, 3)
            cursor.connection.commit()
            sent += 3 + 10 ** number // 2
        forward(ready, force=False)
    expect_each_once(ready, collector)


def test_a_transaction_that_is_rolled_back_late(ready, collector):
    """One that began before others and is rolled back after them leaves nothing behind and holds up nothing."""
    with session(ready, autocommit=False) as cursor:
        cursor.execute(SOME, (100,))
        track_many(ready, 5)
        forward(ready)
        cursor.connection.rollback()
    forward(ready)
    track_many(ready, 5)
    forward(ready)
    expect_each_once(ready, collector)
    assert sum(received(collector).values()) == 10


def test_prepared_transactions(cluster, ready, collector):
    """A prepared transaction is sent when it is committed, by a restart as well, and not when it is rolled back."""
    for name in ('kept', 'restarted', 'dropped'):
        with session(ready, autocommit=False) as cursor:
            cursor.execute(SOME, (6000,))
            cursor.execute(f"PREPARE TRANSACTION '{name}'")
        track_many(ready, 10)
    forward(ready)
    assert collector.summary()['good'] == 30
    ready.psql("COMMIT PREPARED 'kept'")
    forward(ready)
    assert collector.summary()['good'] == 6030
    cluster.restart()
    ready.psql("ROLLBACK PREPARED 'dropped'")
    forward(ready)
    ready.psql("COMMIT PREPARED 'restarted'")
    forward(ready)
    expect_each_once(ready, collector)
    assert sum(received(collector).values()) == 12030


def test_a_large_transaction(ready, collector):
    """A transaction that is larger than a portion is read in parts, with others before and after it."""
    track_many(ready, 10)
    track_many(ready, 30_000)
    track_many(ready, 10)
    forward(ready)
    expect_each_once(ready, collector)


def test_subtransactions(ready, collector):
    """Events of subtransactions belong to the transaction around them."""
    with session(ready) as cursor:
        cursor.execute("DO $$ BEGIN FOR n IN 1 .. 9000 LOOP BEGIN PERFORM track_event('opened', user_id => n); "
                       'IF n % 3 = 0 THEN RAISE division_by_zero; END IF; EXCEPTION WHEN division_by_zero THEN NULL; '
                       'END; END LOOP; END $$')
    forward(ready)
    expect_each_once(ready, collector)
    assert sum(received(collector).values()) == 6000


def stop_in_mid_transaction(database, collector, count):
    """Has the forwarder read a part of a transaction of so many events, and end there."""
    lose_patience(database)
    track_many(database, count)
    collector.faults({'fault': 'status', 'status': 500})
    forward(database, snowplow_connections=1)
    assert database.psql(POSITION) == 't'
    assert 0 < status(database).queued < count


@pytest.mark.parametrize('what', ['nothing', 'others', 'terminated'])
def test_read_in_part(ready, collector, what):
    """Where the forwarder stopped within a transaction it goes on there, whatever has committed meanwhile."""
    with session(ready, autocommit=False) as early, session(ready, autocommit=False) as within:
        early.execute(SOME, (12,))
        within.execute(SOME, (6000,))
        stop_in_mid_transaction(ready, collector, LARGE)
        if what == 'others':
            early.connection.commit()
            within.connection.commit()
            track_many(ready, 6000)
        if what == 'terminated':
            collector.faults({'fault': 'hang', 'times': -1})
            with session(ready) as cursor:
                count = len(collector.requests())
                _, states = in_thread(lambda: sqlstate(cursor, 'CALL internal_events.forward_events(force => true)'))
                assert is_under_way(collector, count + 1), states
                pid = cursor.connection.info.backend_pid
                ready.psql(f'SELECT pg_terminate_backend({pid})')
                assert ended(ready, pid)
            collector.clear_faults()
        forward(ready)
        early.connection.commit()
        within.connection.commit()
    forward(ready)
    expect_each_once(ready, collector)


def test_a_late_transaction_read_in_part(ready, collector):
    """The same where the transaction is one that was passed over, and another such one commits meanwhile."""
    with session(ready, autocommit=False) as first, session(ready, autocommit=False) as second:
        first.execute(SOME, (10,))
        second.execute(SOME, (LARGE,))
        track_many(ready, 10)
        forward(ready)
        assert collector.summary()['good'] == 10
        second.connection.commit()
        lose_patience(ready)
        collector.faults({'fault': 'status', 'status': 500})
        forward(ready, snowplow_connections=1)
        assert ready.psql(POSITION) == 't'
        first.connection.commit()
        track_many(ready, 10)
        forward(ready)
    forward(ready)
    expect_each_once(ready, collector)
    assert sum(received(collector).values()) == LARGE + 30


def test_many_transaction_ids(ready, collector):
    """Where events are few among many transaction ids, or many among few, they are found all the same."""
    for burned, tracked in itertools.chain([(20000, 1), (1, 8000), (30000, 3), (5000, 0)], itertools.repeat((0, 1), 200)):
        if burned:
            burn_transaction_ids(ready, burned)
        if tracked:
            track_many(ready, tracked)
        if tracked == 3:
            forward(ready)
    forward(ready)
    expect_each_once(ready, collector)


def test_events_of_the_own_transaction(ready, collector):
    """What a session tracked before it forwards is sent by itself."""
    with session(ready) as cursor:
        cursor.execute(SOME, (50,))
        cursor.execute('CALL internal_events.forward_events()')
    expect_each_once(ready, collector)


def test_preview(ready, collector):
    """A preview shows what is sent next, exactly, and changes nothing; of what is left over as of what is unread."""
    track_many(ready, 20)
    with session(ready) as cursor:
        cursor.execute('SELECT event_id::text, event_name, parameters, fault FROM internal_events.preview_forwarding()')
        rows = cursor.fetchall()
        shown = {event_id: parameters for event_id, name, parameters, fault in rows if name == 'opened' and not fault}
        assert len(shown) == 20 and status(ready).queued == 0
        collector.kill()
        lose_patience(ready)
        forward(ready)
        assert status(ready).queued == 20
        cursor.execute('SELECT event_id::text, parameters FROM internal_events.preview_forwarding()')
        assert dict(cursor.fetchall()) == shown
        assert one(cursor, 'SELECT count(*) FROM internal_events.preview_forwarding(7)') == 7
    collector.start()
    forward(ready)
    expect_all(collector, logged(ready))
    for event in collector.events():
        del event['stm']
        assert event == shown[event['eid']]
