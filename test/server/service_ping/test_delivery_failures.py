"""What goes wrong between us and a receiver: no ping is lost, none is sent twice, and the session goes on."""

import time

import pytest

from ports import free_port
from pings import SEND, attempts, build, configure, deliver_to, make_due, ping, send, state
from receiver import Receiver, after_release, answer, close, raw, reset_after, silence, trickle
from support import load_event, one, session

TEN_MB = b'x' * (10 << 20)
HEAD = b'HTTP/1.1 %d Whatever\r\nContent-Length: 1000\r\n\r\n'

# What the receiver does, the status that is recorded, and what the error says.
FAILURES = {
    '400': (answer(400, b'{"message": "no"}'), 400, 'answered with status 400'),
    '404': (answer(404), 404, 'answered with status 404'),
    '500': (answer(500), 500, 'answered with status 500'),
    '500 with 10 MB': (answer(500, TEN_MB), 500, 'answered with status 500'),
    'slow': (after_release(answer(200)), None, 'did not answer within 400 ms'),
    'never': (silence, None, 'did not answer within 400 ms'),
    'closes': (close, None, 'closed the connection without an answer'),
    'resets at once': (reset_after(b''), None, 'broke the connection off|closed the connection'),
    'resets in the head': (reset_after(b'HTTP/1.1 200 O'), None, 'broke the connection off'),
    'resets within 500': (reset_after(HEAD % 500 + b'x'), 500, 'answered with status 500'),
    'trickles 500': (trickle(500), 500, 'answered with status 500'),
    'garbage': (raw(b'\x00\xff\x80 SSH-2.0-OpenSSH\r\n\r\n' * 50), None, 'something that is not HTTP'),
    'a head without end': (raw(b'HTTP/1.1 500 No\r\n' + b'X-Y: z\r\n' * 200000), 500, 'answered with status 500'),
    '100 alone': (raw(b'HTTP/1.1 100 Continue\r\n\r\n'), 100, 'answered with status 100'),
}


def expect_retry(database, number, status, error):
    """Asserts that a ping failed once, is kept, and is due again in about 8 hours."""
    row = ping(database, number)
    assert (row.status, row.attempts, row.sent_at, row.response) == ('built', 1, None, None)
    assert 7.19 < row.hours < 8.81
    (attempt,) = attempts(database, number)
    assert attempt == (status, row.last_error)
    assert any(part in row.last_error for part in error.split('|')), row.last_error


def expect_delivery(database, receiver, number):
    """Asserts that a ping that failed once goes out with the next attempt, the same as before, and then no more."""
    before = len(receiver.requests)
    receiver.tell(answer(201))
    send(database)
    assert len(receiver.requests) == before, 'it was not due yet'
    make_due(database)
    for _ in range(2):
        send(database)
        assert state(database, number) == ('sent', 2, False)
        assert len(receiver.requests) == before + 1
    row = ping(database, number)
    assert {request.body for request in receiver.requests} == {row.body.encode()}
    assert {request.headers['Idempotency-Key'] for request in receiver.requests} == {row.idempotency_key}
    assert [attempt[1] for attempt in attempts(database, number)][1:] == [None]


@pytest.mark.parametrize('what', FAILURES)
def test_a_failure(db, receiver, what):
    """A ping that is not taken is kept and sent later, whatever the receiver did; nothing is in the way of the session."""
    told, status, error = FAILURES[what]
    load_event(db, 'opened')
    deliver_to(db, receiver.url)
    receiver.tell(told)
    number = build(db)
    with session(db) as cursor:
        begin = time.monotonic()
        cursor.execute(SEND)
        assert time.monotonic() - begin < 5
        assert one(cursor, "SELECT track_event('opened')")
        assert one(cursor, 'SELECT internal_events.rollup()') == 1
        cursor.execute(SEND)
    assert len(receiver.requests) == 1
    expect_retry(db, number, status, error)
    expect_delivery(db, receiver, number)


@pytest.mark.parametrize('what, error', [('refused', 'does not take connections'), ('unknown', 'is unknown|no connection')])
def test_nobody_there(db, receiver, what, error):
    """The same where no connection comes about."""
    deliver_to(db, f'http://127.0.0.1:{free_port()}/' if what == 'refused' else 'http://no-such-host.invalid/')
    number = build(db)
    send(db)
    expect_retry(db, number, None, error)
    deliver_to(db, receiver.url)
    expect_delivery(db, receiver, number)


@pytest.mark.parametrize('what', [reset_after(HEAD % 200 + b'x'), trickle(200)], ids=['resets', 'trickles'])
def test_a_success_that_breaks_off(db, receiver, what):
    """Who says 200 has taken the ping, even if the rest of the answer never comes: it is not sent again."""
    deliver_to(db, receiver.url)
    receiver.tell(what)
    number = build(db)
    send(db)
    make_due(db)
    send(db)
    assert state(db, number) == ('sent', 1, False)
    assert ping(db, number).response is None
    assert len(receiver.requests) == 1


@pytest.mark.parametrize('status', [301, 302, 307, 308])
def test_a_redirect_is_not_followed(db, receiver, status):
    """Where a redirect leads is said, not tried."""
    with Receiver() as other:
        url = f'http://user:secret@localhost:{other.port}/service_ping'
        receiver.tell(answer(status, Location=url))
        deliver_to(db, receiver.url)
        number = build(db)
        send(db)
        expect_retry(db, number, status, f'a redirect to http://***@localhost:{other.port}/service_ping')
        expect_delivery(db, receiver, number)
        assert other.requests == []


def test_a_redirect_to_nonsense(db, receiver):
    """A place that is no text is no reason to lose the attempt."""
    for location in ('http://\udcff\udcfe/', 'ftp://example.com/', 'http://[', '', '/\x01\x7f'):
        head = f'HTTP/1.1 301 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n'
        receiver.tell(raw(head.encode(errors='surrogateescape')))
        deliver_to(db, receiver.url)
        number = build(db, force=True)
        send(db)
        expect_retry(db, number, 301, 'answered with status 301')


def test_later_and_later(db, receiver):
    """Attempts follow after about 8, 16 and 24 hours; then it waits for the next ping, and goes out with it."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(500))
    number = build(db)
    for attempt, hours in enumerate((8, 16, 24), 1):
        send(db)
        row = ping(db, number)
        assert (row.status, row.attempts) == ('built', attempt)
        assert 0.9 * hours - 0.01 < row.hours < 1.1 * hours + 0.01
        make_due(db)
    for _ in range(2):
        send(db)
        assert state(db, number) == ('built', 4, False)
        assert ping(db, number).next_attempt_at is None
    assert len(receiver.requests) == 4
    assert attempts(db, number) == [(500, 'answered with status 500')] * 4
    receiver.tell(answer(200))
    second = build(db, force=True)
    assert state(db, number) == ('built', 4, True)
    send(db)
    assert state(db, number) == ('sent', 5, False)
    assert state(db, second) == ('sent', 1, False)
    assert [request.body.decode() for request in receiver.requests[4:]] == [ping(db, one).body for one in (number, second)]


def test_jitter(db, receiver):
    """Pings that fail in the same moment are not sent again in the same moment."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(400))
    numbers = [build(db, force=True) for _ in range(6)]
    send(db)
    hours = [ping(db, number).hours for number in numbers]
    assert max(hours) - min(hours) > 0.02, hours


def test_a_receiver_that_is_down_is_asked_once(db, receiver):
    """Where nobody answers, the other pings wait for the next run instead of waiting for a timeout each."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(503))
    numbers = [build(db, force=True) for _ in range(3)]
    send(db)
    assert len(receiver.requests) == 1
    assert [state(db, number) for number in numbers] == [('built', 1, False)] + [('built', 0, True)] * 2
    receiver.tell(answer(200))
    send(db)
    assert [state(db, number)[0] for number in numbers] == ['built', 'sent', 'sent']


def test_one_bad_ping_does_not_hold_up_the_others(db, receiver):
    """A ping that the receiver refuses is no reason to keep the next one."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(400), answer(200))
    numbers = [build(db, force=True) for _ in range(2)]
    send(db)
    assert [state(db, number) for number in numbers] == [('built', 1, False), ('sent', 1, False)]


def test_credentials_are_told_to_the_receiver_alone(cluster, db, receiver):
    """User and password of the URL go out as a header; errors, attempts and the server log never have them."""
    log = len(cluster.log_text())
    configure(db, http_timeout='400ms')
    numbers = []
    for host in (f'127.0.0.1:{receiver.port}', f'127.0.0.1:{free_port()}', 'no-such-host.invalid', '127.0.0.1:1'):
        with session(db) as cursor:
            cursor.execute(f"SET internal_events.service_ping_url = 'http://mole:Gr%40ham@{host}/ping?token=Tolstoy'")
            receiver.tell(answer(301, Location=f'http://mole:Gr%40ham@{host}/'))
            numbers.append(build(db, force=True))
            cursor.execute(SEND)
            cursor.execute('SELECT internal_events.withhold_service_ping(%s)', numbers[-1:])
    assert receiver.requests[0].headers['Authorization'] == 'Basic bW9sZTpHckBoYW0='
    assert receiver.requests[0].path == '/ping?token=Tolstoy'
    stored = db.psql('SELECT p FROM internal_events.service_pings p; SELECT a FROM internal_events.service_ping_attempts a')
    assert all(ping(db, number).last_error for number in numbers)
    for text in (stored, cluster.log_text()[log:]):
        assert not any(word in text for word in ('Gr%40ham', 'Gr@ham', 'mole', 'Tolstoy', 'bW9sZ')), text
