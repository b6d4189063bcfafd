"""The forwarder reads the log in portions: every event once, whatever commits when and however small a portion is."""

import contextlib
import random

import pytest

from support import SEED, load_event, one, session

CLUSTER = {'conf': {'max_prepared_transactions': '20'}}


@contextlib.contextmanager
def forwarding(database):
    """A session that forwards, without a network: a cursor to take portions with."""
    with session(database) as cursor:
        assert one(cursor, 'SELECT may_send FROM internal_events.begin_forwarding(0)')
        yield cursor
        cursor.execute('SELECT internal_events.end_forwarding()')


def take(cursor, most):
    """Takes one portion; returns its events and whether there are more."""
    cursor.execute('SELECT event_id, has_more FROM internal_events.next_forwarding_portion(false, %s)', (most,))
    rows = cursor.fetchall()
    return [event for event, _ in rows if event], rows[0][1]


def take_all(cursor, most):
    """Takes portions until there is no more."""
    events = []
    while True:
        portion, has_more = take(cursor, most)
        assert len(portion) <= most * 4
        events += portion
        if not has_more:
            return events


def logged(cursor):
    """All events of the log."""
    cursor.execute('SELECT id FROM internal_events.events ORDER BY id')
    return [event for event, in cursor.fetchall()]


def track(cursor, count=1):
    """Tracks some events in one statement."""
    cursor.execute("SELECT count(*) FILTER (WHERE track_event('opened', user_id => n)) FROM generate_series(1, %s) n", (count,))
    assert cursor.fetchone() == (count,)


@pytest.mark.parametrize('most', [1, 2, 7, 1000])
@pytest.mark.parametrize('round_', range(3))
def test_random_transactions(db, most, round_):
    """Transactions begin, track, end and are prepared in any order while portions are taken."""
    choice = random.Random(SEED + 100 * most + round_)
    load_event(db, 'opened')
    taken, open_ones, prepared = [], [], []
    with contextlib.ExitStack() as stack, forwarding(db) as reader:
        for step in range(150):
            act = choice.random()
            if act < 0.35 and len(open_ones) < 6:
                cursor = stack.enter_context(session(db, autocommit=False))
                track(cursor, choice.choice([1, 1, 2, 12]))
                open_ones.append(cursor)
            elif act < 0.55 and open_ones:
                track(choice.choice(open_ones), choice.choice([1, 3]))
            elif act < 0.75 and open_ones:
                cursor = open_ones.pop(choice.randrange(len(open_ones)))
                end = choice.random()
                if end < 0.2:
                    cursor.execute(f"PREPARE TRANSACTION 'p{step}'")
                    prepared.append(f'p{step}')
                    cursor.connection.rollback()
                else:
                    (cursor.connection.rollback if end < 0.4 else cursor.connection.commit)()
                cursor.connection.close()
            elif act < 0.8 and prepared:
                reader.execute(f"{choice.choice(['COMMIT', 'ROLLBACK'])} PREPARED '{prepared.pop(0)}'")
            else:
                taken += take(reader, most)[0]
        for cursor in open_ones:
            cursor.connection.commit()
        for name in prepared:
            reader.execute(f"COMMIT PREPARED '{name}'")
        assert one(reader, 'SELECT count(*) FROM internal_events.unforwarded_events') == len(logged(reader)) - len(taken)
        taken += take_all(reader, most)
        assert sorted(taken) == logged(reader), f'INTERNAL_EVENTS_SEED={SEED}'
        assert one(reader, 'SELECT count(*) FROM internal_events.unforwarded_events') == 0
        assert take_all(reader, most) == []


def test_one_large_transaction_late_and_in_parts(db):
    """A transaction of many events that commits after others have been read is read in parts, and those beside it too."""
    load_event(db, 'opened')
    with session(db, autocommit=False) as late, session(db) as other, forwarding(db) as reader:
        track(late, 500)
        track(other, 3)
        taken = take_all(reader, 10)
        assert len(taken) == 3
        track(other, 100)
        portion = []
        while not portion:
            portion, has_more = take(reader, 10)
        assert (len(portion), has_more) == (40, True), 'the middle of a transaction'
        late.connection.commit()
        track(other, 5)
        taken += portion + take_all(reader, 10)
        assert sorted(taken) == logged(reader)
        assert len(taken) == 608


def test_many_ids_without_events(db):
    """Transactions that track nothing are passed over quickly, however many there are."""
    load_event(db, 'opened')
    with session(db) as other, forwarding(db) as reader:
        track(other)
        db.psql('DO $$ BEGIN FOR i IN 1 .. 20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$')
        track(other)
        portions = []
        while True:
            portion, has_more = take(reader, 10)
            portions.append(len(portion))
            assert len(portions) < 10
            if not has_more:
                break
        assert sum(portions) == 2
