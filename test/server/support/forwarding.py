"""What the tests of forwarding to Snowplow share."""

import collections
import decimal
import json

import psycopg2.extras

from cluster import wait_until
from pings import configure
from support import SECONDS, look, one, session

FORWARD = 'CALL internal_events.forward_events()'
FORCE = 'CALL internal_events.forward_events(force => true)'
SERVICE_PING = 'gitlab_service_ping'
STANDARD = 'gitlab_standard'
CONTEXTS = 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0'
QUEUED = 'SELECT count(*) FROM internal_events.forwarding_queue'


def definition_yaml(action, *custom, **more):
    """An event definition with every identifier, label, property and value, and custom properties; JSON is YAML."""
    names = ('label', 'property', 'value', *custom)
    return json.dumps({'action': action, 'description': action,
                       'identifiers': ['user', 'project', 'namespace', 'feature_enabled_by_namespace_ids'],
                       'additional_properties': {name: {'description': name} for name in names}, **more})


def load(database, action, *custom, **more):
    """Loads an event definition that has every property, and further keys."""
    database.psql(f'SELECT internal_events.load_event_definition($yaml${definition_yaml(action, *custom, **more)}$yaml$)')


def forward_to(database, collector, **settings):
    """Makes a stand-in the collector of a database; what does not answer is given up soon."""
    url = collector if isinstance(collector, str) else collector.url
    configure(database, snowplow_collector_url=url, **{'http_timeout': '10s', 'http_connect_timeout': '1s', **settings})


def forward(database, force=True, role='postgres', **settings):
    """Runs forward_events(), with settings for its session, and returns the notices."""
    with session(database, user=role) as cursor:
        for name, value in settings.items():
            cursor.execute(f'SET internal_events.{name} = %s', (value,))
        cursor.execute(FORCE if force else FORWARD)
        return ''.join(cursor.connection.notices)


def track_many(database, count, event='opened', **settings):
    """Tracks events in one transaction; their values are 1 to `count`."""
    preparing = ''.join(f'SET {name} = {value};' for name, value in settings.items())
    tracked = database.psql(f"{preparing} SELECT count(*) FROM generate_series(1, {count}) n "
                            f"WHERE track_event('{event}', user_id => n, additional_properties => "
                            "jsonb_build_object('value', n))")
    assert tracked == str(count)


def status(database):
    """Returns forwarding_status, with names."""
    with look(database, cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
        cursor.execute('SELECT s.*, extract(epoch FROM s.next_attempt_at - clock_timestamp())::float AS seconds '
                       'FROM internal_events.forwarding_status s')
        return cursor.fetchone()


def failures(database):
    """Returns forwarding_failures: {event id: (event's name, reason, parameters)}."""
    with look(database) as cursor:
        cursor.execute('SELECT event_id::text, event_name, reason, parameters FROM internal_events.forwarding_failures')
        return {row[0]: row[1:] for row in cursor.fetchall()}


def logged(database):
    """Returns the ids of the log's events that may be sent."""
    with look(database) as cursor:
        cursor.execute('SELECT id::text FROM internal_events.events WHERE send_to_snowplow')
        return {row[0] for row in cursor.fetchall()}


def received(collector):
    """Returns how often each id came, whoever it belongs to."""
    return collections.Counter(event['eid'] for event in collector.events())


def expect_all(collector, ids):
    """Asserts that exactly these events came, each at least once, all good, and that copies are copies but for stm."""
    assert collector.bad() == []
    texts = collections.defaultdict(set)
    for event in collector.events():
        assert int(event.pop('stm')) > 1_700_000_000_000
        texts[event['eid']].add(json.dumps(event))
    assert texts.keys() == set(ids), (len(texts), len(ids))
    assert all(len(same) == 1 for same in texts.values())


def expect_each_once(database, collector):
    """Asserts that all that was tracked came, each event once and good, and that nothing waits."""
    ids = logged(database)
    assert ids
    expect_all(collector, ids)
    assert collector.duplicates() == {} and collector.strictness() == []
    found = status(database)
    assert (found.backlog, found.queued, found.failures, found.delivered) == (0, 0, 0, len(ids))


def entities(event):
    """Returns the contexts of an event: {name of the schema: (whole address, data)}; numbers to the last digit."""
    envelope = json.loads(event['co'], parse_float=decimal.Decimal)
    assert envelope['schema'] == CONTEXTS
    assert all(entity.keys() == {'schema', 'data'} for entity in envelope['data'])
    return {entity['schema'].split('/')[1]: (entity['schema'], entity['data']) for entity in envelope['data']}


def standard(event):
    """Returns the data of an event's standard context."""
    return entities(event)[STANDARD][1]


def forwarder(database):
    """Returns the process id of the session that forwards, or None."""
    with look(database) as cursor:
        return one(cursor, 'SELECT backend_pid FROM internal_events.forwarding')


def is_under_way(collector, count=1):
    """Waits until so many requests met a fault, and says whether they have."""
    return wait_until(lambda: len([note for note in collector.requests() if note['fault']]) >= count, SECONDS)


def receive(cursor, parameters):
    """Records what a tracker sent; returns its id."""
    return one(cursor, 'SELECT internal_events.receive_snowplow_event(%s)::text', (json.dumps(parameters),))


def lose_patience(database, failures_in_a_row=6):
    """Makes the next wait longer than a run has time for, so that the run ends."""
    database.psql(f'UPDATE internal_events.forwarding SET failures_in_a_row = {failures_in_a_row}')
