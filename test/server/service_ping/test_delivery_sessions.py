"""What a session holds while a receiver keeps it waiting, and what becomes of a ping whose session ends meanwhile."""

import contextlib
import os
import signal
import time

import pytest

from cluster import Cluster, wait_until
from pings import DISK_FULL, SEND, activity, attempts, build, deliver_to, ended, make_due, ping, send, sending, state
from receiver import after_release, answer, json_answer, silence
from support import SECONDS, Background, ends, in_thread, load_event, one, program, session, sqlstate

CANCELED = '57014'
IN_TRANSACTION = '2D000'
INTERRUPTED = 'interrupted: whether it arrived is not known'
BUILD_ANOTHER = 'CALL internal_events.build_service_ping(force => true)'
IN_DO = f'DO $$ BEGIN {SEND}; END $$'
WAYS = {'CALL': SEND, 'DO': IN_DO}


@pytest.fixture
def waiting(db, receiver):
    """A database whose receiver does not answer until it is released."""
    load_event(db, 'opened')
    deliver_to(db, receiver.url, http_timeout='60s')
    receiver.tell(after_release(json_answer(200, usage_data_id=1)))
    return db


@contextlib.contextmanager
def sender(database, receiver, statement=SEND, before='SELECT'):
    """A session that waits for the receiver: its process id, its thread, and the SQLSTATE that comes out in the end."""
    count = len(receiver.requests)
    with session(database) as cursor:
        cursor.execute(before)
        thread, states = in_thread(lambda: sqlstate(cursor, statement))
        try:
            assert receiver.wait_for(count + 1), states
            yield cursor.connection.info.backend_pid, thread, states
        finally:
            receiver.release()


def test_what_a_session_holds_is_seen(db):
    """The tests below would see a transaction id, a snapshot and a lock."""
    with session(db, autocommit=False) as cursor, session(db) as observer:
        cursor.execute('SELECT pg_current_xact_id(); LOCK internal_events.service_pings IN ROW SHARE MODE; '
                       'DECLARE held CURSOR FOR SELECT 1')
        assert None not in activity(observer, cursor.connection.info.backend_pid)
        assert activity(observer, cursor.connection.info.backend_pid)[2] > 0


@pytest.mark.parametrize('way', WAYS)
def test_nothing_is_held(waiting, receiver, way):
    """While the network is waited for there is no transaction id, no snapshot and no lock; after CALL no transaction."""
    number = build(waiting)
    with sender(waiting, receiver, WAYS[way]) as (pid, thread, states), session(waiting) as observer:
        assert sending(waiting) == [pid]
        for _ in range(5):
            assert activity(observer, pid) == (None, None, 0)
            if way == 'CALL':
                assert one(observer, 'SELECT xact_start FROM pg_stat_activity WHERE pid = %s', (pid,)) is None
            time.sleep(0.02)
        assert one(observer, "SELECT state FROM pg_stat_activity WHERE pid = %s", (pid,)) == 'active'
        # What would have to wait for a lock or a snapshot does not.
        observer.execute("SET statement_timeout = '5s'")
        observer.execute('CREATE INDEX CONCURRENTLY ON internal_events.service_pings (week)')
        receiver.release()
        assert ends(thread)
        assert states == [None]
    assert state(waiting, number) == ('sent', 1, False)


def test_others_go_on(waiting, receiver):
    """Sessions that track, read and build are not slowed by one that waits for the network."""
    build(waiting)
    with sender(waiting, receiver) as (_pid, thread, states), session(waiting) as other:
        other.execute("SET statement_timeout = '5s'")
        begin = time.monotonic()
        for _ in range(100):
            assert one(other, 'SELECT 1') == 1
            assert one(other, "SELECT track_event('opened')")
        assert time.monotonic() - begin < 2
        assert one(other, 'SELECT internal_events.rollup()') == 100
        other.execute('SELECT * FROM internal_events.maintenance()')
        assert one(other, 'CALL internal_events.build_service_ping(force => true)') == 2
        assert thread.is_alive()
        receiver.release()
        assert ends(thread) and states == [None]
    # It found the new ping when it was done with the first.
    assert [state(waiting, number)[0] for number in (1, 2)] == ['sent', 'sent']


@pytest.mark.parametrize('way', WAYS)
def test_cancel(waiting, receiver, way):
    """A cancel ends the wait at once; the attempt is noted, and the ping goes out later with the same key."""
    number = build(waiting)
    with sender(waiting, receiver, WAYS[way]) as (pid, thread, states), session(waiting) as other:
        begin = time.monotonic()
        assert one(other, 'SELECT pg_cancel_backend(%s)', (pid,))
        assert ends(thread)
        assert time.monotonic() - begin < 1
        assert states == [CANCELED]
    row = ping(waiting, number)
    assert (row.status, row.attempts, row.last_error) == ('built', 1, INTERRUPTED)
    assert 7 < row.hours < 9
    assert attempts(waiting, number) == [(None, INTERRUPTED)]
    expect_repetition(waiting, receiver, number)


def expect_repetition(database, receiver, number):
    """Asserts that a ping of which nobody knows whether it arrived goes out again, recognisable as the same."""
    receiver.release()
    make_due(database)
    send(database)
    send(database)
    expect_the_same_twice(database, receiver, number)


def expect_the_same_twice(database, receiver, number):
    """Asserts that the receiver got a ping twice, with the same key, and that only the second answer was noted."""
    assert state(database, number) == ('sent', 2, False)
    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers['Idempotency-Key'] == second.headers['Idempotency-Key']
    assert attempts(database, number) == [(None, INTERRUPTED), (200, None)]


@pytest.mark.parametrize('way', WAYS)
def test_terminate(waiting, receiver, way):
    """The end of the session ends the wait at once; whoever comes next notes that, and sends the ping again."""
    number = build(waiting)
    with sender(waiting, receiver, WAYS[way]) as (pid, thread, _states), session(waiting) as other:
        begin = time.monotonic()
        assert one(other, 'SELECT pg_terminate_backend(%s)', (pid,))
        assert ended(waiting, pid)
        assert time.monotonic() - begin < 1
        assert ends(thread)
    assert ping(waiting, number).sent_at is None
    expect_repetition(waiting, receiver, number)


def test_a_stop_of_the_server(cluster, waiting, receiver):
    """A fast stop does not wait for the receiver, and the ping is sent after the start."""
    number = build(waiting)
    with sender(waiting, receiver) as (_pid, thread, _states):
        cluster.stop(seconds=5)
        assert ends(thread)
    cluster.start()
    expect_repetition(waiting, receiver, number)


@pytest.mark.parametrize('way', WAYS)
def test_statement_timeout_is_not_ours(waiting, receiver, way):
    """The wait is bounded by http_timeout, not by the session's timeouts for statements, and those still work after it."""
    number = build(waiting)
    before = "SET statement_timeout = '200ms'; SET idle_in_transaction_session_timeout = '200ms'"
    with sender(waiting, receiver, WAYS[way], before) as (_pid, thread, states):
        thread.join(0.6)
        assert thread.is_alive()
        receiver.release()
        assert ends(thread) and states == [None]
    assert state(waiting, number) == ('sent', 1, False)
    with session(waiting) as cursor:
        cursor.execute("SET statement_timeout = '200ms'")
        cursor.execute(WAYS[way])
        assert sqlstate(cursor, 'SELECT pg_sleep(5)') == CANCELED


def test_the_wait_is_bounded(waiting, receiver):
    """http_timeout ends it."""
    number = build(waiting)
    receiver.tell(silence)
    with session(waiting) as cursor:
        cursor.execute("SET internal_events.http_timeout = '300ms'")
        begin = time.monotonic()
        cursor.execute(SEND)
        assert 0.25 < time.monotonic() - begin < 2
    assert 'did not answer within 300 ms' in ping(waiting, number).last_error


@pytest.mark.parametrize('protocol', ['simple', 'extended', 'prepared'])
def test_protocols(cluster, db, receiver, tmp_path, protocol):
    """It works in each way in which a client can send a statement, also again and again in one session."""
    deliver_to(db, receiver.url)
    (tmp_path / 'script').write_text(f'{BUILD_ANOTHER};\n{SEND};\n{SEND};\nSELECT 1;\n')
    program(cluster, 'pgbench', '-n', '-M', protocol, '-t', 3, '-f', tmp_path / 'script', db.name)
    assert [state(db, number) for number in (1, 2, 3)] == [('sent', 1, False)] * 3
    assert len(receiver.requests) == 3


def test_two_senders(waiting, receiver):
    """Sessions that send at the same time share the work: each ping goes out once."""
    numbers = [build(waiting, force=True) for _ in range(6)]
    with sender(waiting, receiver) as (_pid, first, _), sender(waiting, receiver) as (_pid, second, _):
        assert len(set(sending(waiting))) == 2
        # A third one finds the next ping, not one that is under way.
        with sender(waiting, receiver) as (_pid, third, _):
            receiver.release()
            assert all(map(ends, (first, second, third)))
    assert [state(waiting, number) for number in numbers] == [('sent', 1, False)] * 6
    assert len({request.headers['Idempotency-Key'] for request in receiver.requests}) == len(receiver.requests) == 6


def test_many_senders(db, receiver):
    """The same without any order, many times over."""
    deliver_to(db, receiver.url, http_timeout='60s')
    receiver.tell(answer(201))
    numbers = [build(db, force=True) for _ in range(12)]
    with Background() as background:
        for _ in range(6):
            background.start(send, db)
    assert [state(db, number) for number in numbers] == [('sent', 1, False)] * 12
    assert len(receiver.requests) == 12


def test_in_a_transaction(db, receiver):
    """Within a transaction block, or a function, it is an error, and nothing is sent."""
    deliver_to(db, receiver.url)
    number = build(db)
    db.psql(f'CREATE FUNCTION send() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {SEND}; END $$')
    for statement in (SEND, IN_DO):
        with session(db, autocommit=False) as cursor:
            cursor.execute('SELECT 1')
            assert sqlstate(cursor, statement) == IN_TRANSACTION
    with session(db) as cursor:
        assert sqlstate(cursor, 'SELECT send()') == IN_TRANSACTION
        # Statements that come together are one transaction.
        assert sqlstate(cursor, f'SELECT 1; {SEND}') == IN_TRANSACTION
    output = db.psql(f'BEGIN; {SEND}', check=False)
    assert 'ERROR:  send_service_pings() cannot run inside a transaction' in output and 'HINT:' in output
    assert receiver.requests == []
    assert state(db, number) == ('built', 0, True)
    db.psql(IN_DO)
    assert state(db, number) == ('sent', 1, False)


@pytest.mark.parametrize('level', ['repeatable read', 'serializable'])
def test_isolation(db, receiver, level):
    """It works whatever isolation the session's transactions have by default."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(500), answer(200))
    with session(db) as cursor:
        cursor.execute(f"SET default_transaction_isolation = '{level}'")
        cursor.execute('CALL internal_events.build_service_ping()')
        cursor.execute(SEND)
        make_due(db)
        cursor.execute(SEND)
    assert state(db, 1) == ('sent', 2, False)


def test_an_answer_that_was_not_noted(db, receiver):
    """A session that could not note what the receiver answered sends the ping again, with its key."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(200))
    number = build(db)
    db.psql("""
        CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full';
        END $$;
        CREATE TRIGGER no_room BEFORE UPDATE ON internal_events.service_ping_attempts
            FOR EACH ROW EXECUTE FUNCTION no_room()""")
    with session(db) as cursor:
        assert sqlstate(cursor, SEND) == DISK_FULL
        assert ping(db, number).status == 'sending'
        db.psql('DROP TRIGGER no_room ON internal_events.service_ping_attempts')
        for _ in range(2):
            cursor.execute(SEND)
    expect_the_same_twice(db, receiver, number)


def test_killed_between_answer_and_record(receiver):
    """A session that is killed when the receiver has said 200 and nobody has noted it: it is sent again with its key."""
    with Cluster(name='killed_sender', expect_crash=True) as cluster:
        database = cluster.createdb('killed')
        database.psql('CREATE EXTENSION internal_events CASCADE')
        deliver_to(database, receiver.url, http_timeout='60s')
        receiver.tell(after_release(answer(200)))
        number = build(database)
        with session(database, autocommit=False) as holder, sender(database, receiver) as (pid, thread, _states):
            holder.execute('SELECT FROM internal_events.service_pings FOR UPDATE')
            receiver.release()
            blocked = f"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = {pid}"
            assert wait_until(lambda: database.psql(blocked) == 't', SECONDS)
            os.kill(pid, signal.SIGKILL)
            assert ends(thread)
        assert wait_until(lambda: database.psql('SELECT 1', check=False) == '1', 30)
        assert ping(database, number).status == 'sending'
        expect_repetition(database, receiver, number)
