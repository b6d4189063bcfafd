"""Which events may be sent: by their definitions, by settings, and as of the moment in which they would be."""

import pytest

from forwarding import expect_all, forward, forward_to, load, logged, lose_patience, status, track_many
from pings import configure
from support import one, session

# Definitions, and why events of them are not sent.
DEFINITIONS = {
    'plain': ({}, None),
    'allowed': ({'send_to_snowplow': True}, None),
    'private': ({'send_to_snowplow': False}, 'send_to_snowplow: false'),
    'excluded': ({}, 'snowplow_excluded_events'),
    'also.excluded': ({}, 'snowplow_excluded_events'),
    'removed': ({'status': 'removed'}, 'status: removed'),
}
DUO = {
    'plain': ({}, 'snowplow_eligible_events is duo'),
    'duo': ({'classification': 'duo'}, None),
    'private': ({'classification': 'duo', 'send_to_snowplow': False}, 'send_to_snowplow: false'),
    'removed': ({'classification': 'duo', 'status': 'removed'}, 'status: removed'),
}


@pytest.fixture
def ready(db, collector):
    """A database that forwards to the stand-in."""
    forward_to(db, collector)
    return db


def track_all(database, definitions):
    """Tracks three events of each definition, before those that are removed were."""
    for name, (more, _) in definitions.items():
        load(database, name, **{key: value for key, value in more.items() if key != 'status'})
        track_many(database, 3, name)
    for name, (more, _) in definitions.items():
        load(database, name, **more)


@pytest.mark.parametrize('definitions, settings', [
    (DEFINITIONS, {'snowplow_excluded_events': 'excluded, also.excluded,unknown'}),
    (DUO, {'snowplow_eligible_events': 'duo'})])
def test_reasons(ready, collector, definitions, settings):
    """The view says what may be sent and why the rest may not; nothing else is sent, and the rest is counted."""
    configure(ready, **settings)
    track_all(ready, definitions)
    with session(ready) as cursor:
        cursor.execute('SELECT event_name, is_eligible, reason FROM internal_events.forwarding_eligibility')
        rows = {name: (is_eligible, reason) for name, is_eligible, reason in cursor.fetchall()}
    assert rows.keys() == definitions.keys()
    for name, (_, expected) in definitions.items():
        assert rows[name][0] == (expected is None), name
        assert rows[name][1] is None if expected is None else expected in rows[name][1], name
    eligible = sorted(3 * [name for name, (_, expected) in definitions.items() if expected is None])
    assert status(ready).backlog == len(eligible)
    with session(ready) as cursor:
        cursor.execute('SELECT event_name FROM internal_events.preview_forwarding()')
        assert sorted(name for name, in cursor.fetchall()) == eligible
    forward(ready)
    assert sorted(event['se_ac'] for event in collector.events()) == eligible
    row = status(ready)
    assert (row.delivered, row.not_eligible, row.backlog) == (len(eligible), 3 * len(definitions) - len(eligible), 0)


def remove(database):
    """Removes the event's definition."""
    load(database, 'opened', status='removed')


def forbid(database):
    """Says in the definition that events are not to be sent."""
    load(database, 'opened', send_to_snowplow=False)


def exclude(database):
    """Excludes the event by a setting."""
    configure(database, snowplow_excluded_events='opened')


@pytest.mark.parametrize('end', [remove, forbid, exclude])
@pytest.mark.parametrize('when', ['unread', 'queued'])
def test_no_longer_eligible(ready, collector, end, when):
    """What is removed or excluded while it waits is not sent, though the collector was tried with it before."""
    load(ready, 'opened')
    load(ready, 'edited')
    track_many(ready, 10)
    track_many(ready, 10, 'edited')
    if when == 'queued':
        collector.kill()
        lose_patience(ready)
        forward(ready)
        assert status(ready).queued == 20
        collector.start()
    end(ready)
    forward(ready)
    assert [event['se_ac'] for event in collector.events()] == ['edited'] * 10
    row = status(ready)
    assert (row.delivered, row.not_eligible, row.backlog) == (10, 10, 0)


def test_eligible_again(ready, collector):
    """A definition that was removed and comes back is forwarded from then on."""
    load(ready, 'opened')
    track_many(ready, 5)
    remove(ready)
    forward(ready)
    load(ready, 'opened')
    track_many(ready, 4)
    forward(ready)
    assert collector.summary() == {'total': 4, 'good': 4, 'bad': 0} and status(ready).not_eligible == 5


def test_failures_that_are_removed(ready, collector):
    """An event that is put aside and whose definition is removed then is not sent when it is sent again."""
    load(ready, 'opened')
    ready.psql("SELECT track_event('opened', project_id => 2147483648)")
    forward(ready)
    assert status(ready).failures == 1
    remove(ready)
    identifier, = logged(ready)
    parameters = '{"e": "se", "p": "srv", "tv": "t", "se_ca": "a", "se_ac": "b"}'
    with session(ready) as cursor:
        cursor.execute('SELECT internal_events.resend_forwarding_failures(%s, %s)', (identifier, parameters))
    forward(ready)
    assert collector.requests() == [] and status(ready).backlog == 0


def test_received_events_have_no_definition(ready, collector):
    """What a tracker sent is forwarded whatever the definitions say."""
    configure(ready, snowplow_eligible_events='duo')
    parameters = '{"e": "pv", "p": "web", "tv": "js-4.10.1", "url": "https://example.com"}'
    with session(ready) as cursor:
        ids = {str(one(cursor, 'SELECT internal_events.receive_snowplow_event(%s)', (parameters,))) for _ in range(3)}
    forward(ready)
    expect_all(collector, ids)
