"""How events are put into requests, and what becomes of a batch that a collector refuses."""

import json

import pytest

from collector import Collector
from forwarding import (expect_all, expect_each_once, failures, forward, forward_to, load, logged, received, status,
                        track_many)
from support import one, session

SLOW = {'fault': 'slow_body', 'times': -1, 'bytes': 2, 'pause': 0.02}
REFUSED = {'fault': 'status', 'times': -1}


@pytest.fixture
def ready(db, collector):
    """A database whose events go to the stand-in."""
    load(db, 'opened', 'text')
    forward_to(db, collector)
    return db


def track_text(database, text, **settings):
    """Tracks an event with a text, and returns its id."""
    with session(database) as cursor:
        for name, value in settings.items():
            cursor.execute(f'SET {name} = %s', (value,))
        properties = json.dumps({'text': text})
        assert one(cursor, "SELECT track_event('opened', additional_properties => %s::jsonb)", (properties,))
        return one(cursor, 'SELECT id::text FROM internal_events.events ORDER BY xid DESC LIMIT 1')


@pytest.mark.parametrize('most', [1000, 4000, 40000, 200000])
def test_size(ready, collector, most):
    """Each request stays below the size that is set, and is not much smaller; what is larger goes by itself."""
    track_many(ready, 300)
    large = track_text(ready, 'x' * 41000)
    track_many(ready, 300)
    forward(ready, snowplow_batch_bytes=most)
    expect_each_once(ready, collector)
    notes = collector.requests()
    assert sum(note['events'] for note in notes) == 601
    assert all(note['bytes'] < most or note['events'] == 1 for note in notes)
    if most > 1000:
        assert max(note['bytes'] for note in notes if note['events'] > 1) > most - 1000
    if most < 41000:
        (alone,) = [note for note in notes if note['bytes'] > 41000]
        assert alone['events'] == 1 and large in received(collector)
    if most == 1000:
        assert all(note['events'] == 1 for note in notes)


def test_headers(ready, collector):
    """A request is what a stock collector takes: JSON, not compressed, from somebody who says who it is."""
    track_many(ready, 1)
    forward(ready)
    (note,) = collector.requests()
    assert (note['method'], note['path']) == ('POST', '/com.snowplowanalytics.snowplow/tp2')
    assert note['headers']['Content-Type'] == 'application/json'
    assert note['headers']['User-Agent'].startswith('internal_events/')
    assert not {'Content-Encoding', 'Expect', 'Cookie', 'Authorization'} & note['headers'].keys()
    assert int(note['headers']['Content-Length']) == note['bytes']


@pytest.mark.parametrize('connections', [1, 3, 8])
def test_connections(ready, collector, connections):
    """So many connections as are set are busy at once, and each is used again and again."""
    track_many(ready, 2000)
    collector.faults(SLOW)
    forward(ready, snowplow_connections=connections)
    notes = collector.requests()
    assert len(notes) > 4 * connections
    assert max(note['at_once'] for note in notes) == connections
    assert len({note['connection'] for note in notes}) == connections
    collector.clear_faults()
    expect_each_once(ready, collector)


def test_gzip(ready):
    """Requests are compressed where that is configured, and are the same but for that."""
    with Collector('--gzip') as unpacking:
        forward_to(ready, unpacking, snowplow_gzip='on')
        track_many(ready, 200)
        forward(ready)
        notes = unpacking.requests()
        assert all(note['headers']['Content-Encoding'] == 'gzip' for note in notes)
        assert all(note['bytes'] < 10000 for note in notes)
        expect_each_once(ready, unpacking)


@pytest.mark.parametrize('path', ['/com.acme/track', '/-/collect_events'])
def test_another_path(ready, path):
    """The path is a setting."""
    with Collector('--post-path', path) as elsewhere:
        forward_to(ready, f'{elsewhere.url}/', snowplow_collector_path=path)
        track_many(ready, 3)
        forward(ready)
        assert {note['path'] for note in elsewhere.requests()} == {path}
        expect_each_once(ready, elsewhere)


def expect_culprit(database, collector, culprit, code):
    """Asserts that one event is put aside with what was sent of it, and that all others came once."""
    assert failures(database).keys() == {culprit}
    name, reason, parameters = failures(database)[culprit]
    assert name == 'opened' and str(code) in reason
    assert json.loads(parameters)['eid'] == culprit and 'stm' not in json.loads(parameters)
    expect_all(collector, logged(database) - {culprit})
    assert collector.duplicates() == {}
    row = status(database)
    assert (row.state, row.backlog, row.failures) == ('ready', 0, 1)


@pytest.mark.parametrize('code', [400, 413, 422])
def test_a_culprit(ready, collector, code):
    """Where a batch is refused for one event, that one is put aside, and all others arrive once."""
    track_many(ready, 120)
    culprit = track_text(ready, 'the culprit')
    track_many(ready, 120)
    collector.faults({**REFUSED, 'status': code, 'containing': 'the culprit'})
    forward(ready)
    expect_culprit(ready, collector, culprit, code)
    # The collector has learned, and the event goes out as it was.
    before = failures(ready)[culprit][2]
    collector.clear_faults()
    assert ready.psql(f"SELECT internal_events.resend_forwarding_failures('{culprit}')") == '1'
    forward(ready)
    (sent,) = [event for event in collector.events() if event['eid'] == culprit]
    del sent['stm']
    assert sent == json.loads(before)
    assert collector.duplicates() == {} and failures(ready) == {}


def test_a_collector_with_a_lower_limit(ready, collector):
    """Batches that are too large for the collector go one by one, and what is too large even so is put aside."""
    track_many(ready, 200)
    culprit = track_text(ready, 'x' * 9000)
    track_many(ready, 200)
    collector.faults({**REFUSED, 'status': 413, 'over_bytes': 5000})
    forward(ready)
    expect_culprit(ready, collector, culprit, 413)


def test_each_culprit_has_its_own_reason(ready, collector):
    """Two events of a portion that are refused in different ways are put aside with what was said of each."""
    first, second = track_text(ready, 'too large'), track_text(ready, 'too odd')
    collector.faults({**REFUSED, 'status': 413, 'containing': 'too large'}, {**REFUSED, 'status': 422, 'containing': 'too odd'})
    forward(ready)
    reasons = {event: reason for event, (_name, reason, _parameters) in failures(ready).items()}
    assert reasons.keys() == {first, second}
    assert '413' in reasons[first] and '422' in reasons[second]


def test_what_is_refused_one_by_one_does_not_come_back(ready, collector):
    """Events that were with a culprit stay alone only until they are sent; later ones go in batches again."""
    culprit = track_text(ready, 'the culprit')
    track_many(ready, 20)
    collector.faults({**REFUSED, 'status': 400, 'containing': 'the culprit'})
    forward(ready)
    collector.reset()
    track_many(ready, 20)
    forward(ready)
    assert [note['events'] for note in collector.requests()] == [20]
    assert failures(ready).keys() == {culprit}


def test_everything_is_refused(ready, collector):
    """A collector that refuses a hundred events in a row is taken for a wrong address: a pause, and nothing is lost."""
    track_many(ready, 250)
    collector.faults({**REFUSED, 'status': 400})
    forward(ready)
    row = status(ready)
    assert row.state == 'paused' and 'refused 100 events in a row' in row.last_error and '400' in row.last_error
    assert 7.4 * 60 < row.seconds < 22.6 * 60
    assert (row.failures, row.backlog, row.delivered) == (100, 150, 0)
    count = len(collector.requests())
    assert 'left alone' in forward(ready, force=False)
    assert len(collector.requests()) == count
    collector.clear_faults()
    ready.psql('SELECT internal_events.resume_forwarding()')
    forward(ready, force=False)
    assert ready.psql('SELECT internal_events.resend_forwarding_failures()') == str(row.failures)
    forward(ready, force=False)
    expect_each_once(ready, collector)


def test_refusals_between_deliveries(ready, collector):
    """A hundred refusals are no pause while others are taken."""
    for _ in range(60):
        track_many(ready, 1)
        track_text(ready, 'a culprit')
    collector.faults({**REFUSED, 'status': 400, 'containing': 'a culprit'})
    forward(ready)
    for _ in range(60):
        track_many(ready, 1)
        track_text(ready, 'a culprit')
    forward(ready)
    row = status(ready)
    assert (row.state, row.failures, row.delivered, row.backlog) == ('ready', 120, 120, 0)
    assert collector.duplicates() == {}
