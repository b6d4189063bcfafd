"""Whatever goes wrong on the way: nothing is lost, copies are copies, and the status says what is the matter."""

import time

import pytest

from forwarding import (FORWARD, expect_all, expect_each_once, failures, forward, forward_to, load, logged,
                        lose_patience, received, status, track_many)
from support import Background, one, session

COUNT = 150
# Rules, and what the status says of them.
TRANSIENT = {
    '500': ({'fault': 'status', 'status': 500}, 'status 500'),
    '502': ({'fault': 'status', 'status': 502}, 'status 502'),
    '503': ({'fault': 'status', 'status': 503, 'headers': {'Retry-After': '1'}}, 'status 503'),
    '408': ({'fault': 'status', 'status': 408}, 'status 408'),
    '429': ({'fault': 'status', 'status': 429}, 'status 429'),
    '301': ({'fault': 'status', 'status': 301, 'headers': {'Location': 'http://127.0.0.1:9/elsewhere'}},
            'redirect to http://127.0.0.1:9/elsewhere'),
    'hang': ({'fault': 'hang'}, 'within 1000 ms'),
    'hang after storing': ({'fault': 'hang', 'stored': True}, 'within 1000 ms'),
    'reset': ({'fault': 'reset'}, ''),
    'drop_response': ({'fault': 'drop_response'}, ''),
    'slow_body': ({'fault': 'slow_body', 'bytes': 100, 'pause': 0.1}, 'within 1000 ms'),
    'partial_response': ({'fault': 'partial_response'}, ''),
    'stored, then 500': ({'fault': 'status', 'status': 500, 'stored': True}, 'status 500'),
}
STORED = {'hang after storing', 'drop_response', 'slow_body', 'partial_response', 'stored, then 500'}
PERMANENT = {401: 'user and password', 403: 'user and password', 404: 'path', 410: 'path', 405: 'status 405'}


@pytest.fixture
def ready(db, collector):
    """A database with events that go to the stand-in by one connection, whose answers are not waited for for long."""
    load(db, 'opened')
    forward_to(db, collector, http_timeout='1s', snowplow_connections=1, snowplow_batch_bytes=10000)
    track_many(db, COUNT)
    return db


def expect_copies(database, collector, is_stored):
    """Asserts that all arrived, and twice only what was in the request whose answer was lost."""
    expect_all(collector, logged(database))
    first = collector.requests()[0]
    assert first['fault'] and (0 < first['events'] < COUNT if is_stored else first['events'] == 0)
    copied = [event['eid'] for event in collector.events()[:first['events']]]
    assert collector.duplicates() == dict.fromkeys(copied, 2)


@pytest.mark.parametrize('kind', TRANSIENT)
def test_transient(ready, collector, kind):
    """The run stops and says why and until when; the next one goes on where it stopped, with what it sent before."""
    rule, reason = TRANSIENT[kind]
    lose_patience(ready)
    collector.faults(rule)
    begin = time.monotonic()
    forward(ready)
    assert time.monotonic() - begin < 4
    row = status(ready)
    assert row.state == 'backing off' and row.last_error and reason in row.last_error, row.last_error
    assert 0.49 * 64 - 4 < row.seconds < 1.51 * 64 and row.next_attempt_at > row.last_error_at
    assert (row.backlog, row.queued, row.delivered, row.last_delivery_at) == (COUNT, COUNT, 0, None)
    assert row.lag.total_seconds() < 60 and row.rate is None and row.failures == 0
    assert len(collector.requests()) == 1
    assert 'left alone' in forward(ready, force=False)
    assert len(collector.requests()) == 1
    forward(ready)
    expect_copies(ready, collector, kind in STORED)
    row = status(ready)
    assert (row.state, row.backlog, row.delivered, row.last_error, row.next_attempt_at) == ('ready', 0, COUNT, None, None)
    assert row.last_delivery_at is not None and row.rate > 0 and row.oldest is None


@pytest.mark.parametrize('code', PERMANENT)
def test_permanent(ready, collector, code):
    """A wrong address or access is a pause of minutes, not a retry a second later, and costs no event."""
    collector.faults({'fault': 'status', 'status': code, 'times': -1})
    forward(ready)
    row = status(ready)
    assert row.state == 'paused' and str(code) in row.last_error and PERMANENT[code] in row.last_error
    assert 7.4 * 60 < row.seconds < 22.6 * 60
    assert (row.backlog, row.delivered, failures(ready)) == (COUNT, 0, {})
    assert 'left alone' in forward(ready, force=False)
    assert len(collector.requests()) == 1


def change_address(database, collector):
    """Names the same collector otherwise."""
    forward_to(database, collector.url.replace('127.0.0.1', 'localhost'), http_timeout='1s')


def resume(database, _collector):
    """Says that it may go on."""
    database.psql('SELECT internal_events.resume_forwarding()')


@pytest.mark.parametrize('end', [change_address, resume, None])
@pytest.mark.parametrize('code', [404, 503])
def test_end_of_a_pause(ready, collector, end, code):
    """Another address, resume_forwarding() or force ends a pause, or the wait for a collector out of order, at once."""
    lose_patience(ready)
    collector.faults({'fault': 'status', 'status': code})
    forward(ready)
    assert status(ready).state == {404: 'paused', 503: 'backing off'}[code]
    if end:
        end(ready, collector)
    if end is resume:
        assert (status(ready).state, status(ready).next_attempt_at) == ('ready', None)
    forward(ready, force=end is None)
    expect_each_once(ready, collector)
    assert status(ready).state == 'ready'


def test_backoff_grows(ready, collector):
    """The wait doubles up to five minutes, a half more or less, and never the same."""
    collector.faults({'fault': 'status', 'status': 500, 'times': -1})
    lose_patience(ready, 5)
    shares = []
    for failed in range(5, 14):
        forward(ready)
        shares.append(status(ready).seconds / min(2 ** failed, 300))
    assert all(0.44 < share < 1.5 for share in shares), shares
    assert max(shares) - min(shares) > 0.1, shares
    assert len(collector.requests()) == 9


def test_a_run_waits(ready, collector):
    """A run waits for a collector that is out of order for a moment, longer each time, and goes on by itself."""
    collector.faults({'fault': 'status', 'status': 503, 'times': 2})
    forward(ready, force=False)
    notes = collector.requests()
    assert 0.45 < notes[1]['time'] - notes[0]['time'] < 2.5 and 0.95 < notes[2]['time'] - notes[1]['time'] < 4
    expect_each_once(ready, collector)


def test_patience_has_an_end(ready, collector):
    """A run comes back after some seconds though the collector does not."""
    collector.faults({'fault': 'status', 'status': 503, 'times': -1})
    begin = time.monotonic()
    forward(ready)
    assert time.monotonic() - begin < 14
    assert status(ready).state == 'backing off' and 3 <= len(collector.requests()) <= 8


def test_nobody_listens(ready, collector):
    """A collector that is not there is one out of order."""
    collector.kill()
    lose_patience(ready)
    forward(ready)
    row = status(ready)
    assert row.state == 'backing off' and row.backlog == COUNT and row.last_error
    collector.start()
    forward(ready)
    expect_each_once(ready, collector)


def test_faults_of_all_kinds(ready, collector):
    """Among several connections and all faults at once, every event arrives, and each copy is the same."""
    ready.psql('ALTER DATABASE test SET internal_events.snowplow_connections = 6')
    rules = [rule for rule, _ in TRANSIENT.values() if rule['fault'] not in ('hang', 'slow_body')]
    track_many(ready, 3000)
    collector.faults(*rules, *rules)
    for _ in range(30):
        forward(ready)
        if status(ready).backlog == 0:
            break
    expect_all(collector, logged(ready))
    assert status(ready).delivered == COUNT + 3000
    stored = [note for note in collector.requests() if note['fault'] and note['stored']]
    assert sum(collector.duplicates().values()) - len(collector.duplicates()) == sum(note['events'] for note in stored)


def test_off(ready, collector):
    """Without an address nothing is sent and the status says so; what was tracked meanwhile goes out later."""
    forward_to(ready, '')
    forward(ready)
    row = status(ready)
    assert row.state == 'off' and row.backlog == COUNT and collector.requests() == []
    forward_to(ready, collector)
    forward(ready, force=False)
    expect_each_once(ready, collector)


def test_the_address_is_removed_in_mid_run(ready, collector):
    """Whoever takes the address away wants nothing more sent: the run ends after what is on its way."""
    ready.psql('ALTER DATABASE test RESET ALL')
    ready.cluster.configure(**{'internal_events.snowplow_collector_url': collector.url})
    ready.psql('SELECT pg_reload_conf()')
    # Several portions, each of a transaction.
    for _ in range(4):
        track_many(ready, 5000)
    collector.faults({'fault': 'slow_body', 'bytes': 2, 'pause': 0.01, 'times': -1})
    with Background() as beside, session(ready) as cursor:
        run = beside.start(cursor.execute, FORWARD)
        assert collector.wait_for(1000)
        ready.cluster.configure(**{'internal_events.snowplow_collector_url': ''})
        ready.psql('SELECT pg_reload_conf()')
        run.join(60)
        assert not run.is_alive()
    sent = sum(received(collector).values())
    row = status(ready)
    assert row.state == 'off' and 0 < sent < COUNT + 20000
    assert (row.delivered, row.backlog) == (sent, COUNT + 20000 - sent)
    with session(ready) as cursor:
        cursor.execute(FORWARD)
        assert one(cursor, 'SELECT backend_pid FROM internal_events.forwarding') is None
    assert sum(received(collector).values()) == sent
