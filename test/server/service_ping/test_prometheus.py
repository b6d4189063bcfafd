"""Metrics that a Prometheus knows: a real one is asked."""

import json
import time

import pytest

from cluster import Database, wait_until
from peers import Prometheus
from pings import BUILD, activity, build, configure, ping
from ports import free_port
from receiver import answer, json_answer, raw, silence
from support import SECONDS, ends, in_thread, one, session, sqlstate

CANCELED = '57014'
UNREACHABLE = '08006'
DEEP = b'[' * 500_000 + b']' * 500_000

# What a metric asks, the number that comes back, and what the message says where there is none.
QUERIES = {
    'scalar': ('scalar(vector(42))', 42, None),
    'series': ('sum(up)', 1, None),
    'fraction': ('vector(1) / 8', 0.125, None),
    'large': ('vector(123456789012345678)', 123456789012345680, None),
    'negative': ('vector(-3)', -3, None),
    'labels': ('up{job="itself", instance=~"127.+"} + 1 > bool 0', 1, None),
    'none': ('no_such_metric', None, None),
    'several': ('{__name__=~"up|scrape_duration_seconds"}', None, 'series; aggregate them'),
    'range': ('up[1m]', None, 'matrix'),
    'text': ('"some text"', None, 'string'),
    'bad': ('sum(', None, 'Prometheus refused the query'),
    'nan': ('vector(NaN)', None, 'the value is NaN'),
    'infinite': ('vector(1) / 0', None, 'the value is +Inf'),
}


@pytest.fixture(scope='module')
def prometheus():
    """A Prometheus that watches itself."""
    with Prometheus() as running:
        yield running


def metric(key_path, query, value_type='number'):
    """Returns the definition of a metric that Prometheus is asked for."""
    return json.dumps({'key_path': key_path, 'description': key_path, 'value_type': value_type, 'status': 'active',
                       'time_frame': 'none', 'data_source': 'prometheus', 'data_category': 'operational',
                       'instrumentation': {'kind': 'prometheus', 'query': query}})


def load(database, **queries):
    """Loads metrics prometheus.<name> with their queries."""
    with session(database) as cursor:
        for name, query in queries.items():
            cursor.execute('SELECT internal_events.load_metric_definition(%s)', (metric(f'prometheus.{name}', query),))


def measured(database, number):
    """Returns how each of these metrics was measured: {name: (value, status, SQLSTATE, message)}."""
    with session(database) as cursor:
        cursor.execute('''SELECT split_part(key_path, '.', 2), value, status, sqlstate, coalesce(message, '')
                            FROM internal_events.service_ping_measurements WHERE ping_id = %s AND kind = 'prometheus' ''',
                       (number,))
        return {row[0]: row[1:] for row in cursor.fetchall()}


def metadata(database, number):
    """Returns what the metadata of a ping say of these metrics."""
    return {each['name'].split('.')[1]: each for each in ping(database, number).metadata['metrics']
            if each['name'].startswith('prometheus.')}


def test_values(db, prometheus):
    """The ping has the number that Prometheus gives; what is no number is null, with the reason beside it."""
    configure(db, prometheus_url=prometheus.url)
    load(db, **{name: query for name, (query, _value, _message) in QUERIES.items()})
    number = build(db)
    payload = json.loads(ping(db, number).body)['prometheus']
    assert payload == {name: value for name, (_query, value, _message) in QUERIES.items()}
    found, listed = measured(db, number), metadata(db, number)
    for name, (_query, value, expected) in QUERIES.items():
        status = 'ok' if expected is None else 'error'
        assert found[name][:3] == (value, status, None if expected is None else UNREACHABLE), name
        assert (expected or '') in found[name][3], found[name]
        assert listed[name]['status'] == status
        assert 0 < listed[name]['time_elapsed'] < SECONDS
        assert listed[name].get('sqlstate') == found[name][2]
    assert 'aggregate them' not in json.dumps(ping(db, number).metadata)


def test_the_preview_asks_nobody(db, prometheus):
    """A preview runs within a transaction, so it asks nobody: null, and the same in a build within a transaction."""
    configure(db, prometheus_url=prometheus.url)
    load(db, up='sum(up)')
    for call in ('service_ping_payload', 'service_ping_non_sql'):
        assert json.loads(db.psql(f'SELECT internal_events.{call}()'))['prometheus'] == {'up': None}
    db.psql(f'BEGIN; {BUILD}; COMMIT')
    assert measured(db, 1) == {'up': (None, 'not_measured', None, '')}
    assert metadata(db, 1)['up']['status'] == 'not_measured'
    assert json.loads(ping(db, build(db, force=True)).body)['prometheus'] == {'up': 1}


@pytest.mark.parametrize('what, expected', [
    ('unset', 'internal_events.prometheus_url is not set'),
    ('down', 'does not take connections'),
])
def test_no_prometheus(db, what, expected):
    """Where there is no Prometheus, the ping is built without its numbers."""
    configure(db, prometheus_url=f'http://127.0.0.1:{free_port()}' if what == 'down' else '', failed_metric_value='-1')
    load(db, up='sum(up)')
    number = build(db)
    assert json.loads(ping(db, number).body)['prometheus'] == {'up': -1}
    assert ping(db, number).status == 'built'
    value, status, state, message = measured(db, number)['up']
    assert (value, status, state) == (None, 'error', UNREACHABLE)
    assert expected in message


@pytest.mark.parametrize('told, expected', [
    (answer(200, b'<html>'), 'is no Prometheus'),
    (json_answer(200, status='success'), 'is no Prometheus'),
    (json_answer(200, status='success', data={'resultType': 'scalar', 'result': [1, 'seven']}), 'the value is seven'),
    (json_answer(503, status='error', error='sch\u00f6n \u4f8b \x00'), 'Prometheus refused the query'),
    (answer(200, b'{"status": "error", "error": "\xff"}'), 'is no Prometheus'),
    (answer(302, Location='http://127.0.0.1:9/'), 'answered with status 302'),
    (answer(200, b'1' * (10 << 20)), 'is no Prometheus'),
    (answer(200, DEEP), 'is no Prometheus'),
    (answer(200, b'{"status": "success", "data": {"resultType": "vector", "result": %s}}' % DEEP), 'is no Prometheus'),
    (raw(b'nonsense'), 'not HTTP'),
    (silence, 'did not answer within 300 ms'),
], ids=['HTML', 'no data', 'no number', 'error', 'no UTF-8', 'redirect', '10 MB', 'deep', 'deep data',
        'garbage', 'silence'])
def test_what_is_no_prometheus(db, receiver, told, expected):
    """Whatever answers in its place, the ping is built."""
    receiver.tell(told)
    configure(db, prometheus_url=receiver.url, http_timeout='300ms')
    load(db, up='sum(up)')
    number = build(db)
    assert json.loads(ping(db, number).body)['prometheus'] == {'up': None}
    value, status, state, message = measured(db, number)['up']
    assert (value, status, state) == (None, 'error', UNREACHABLE)
    assert expected in message, message
    assert receiver.requests[0].path == '/service_ping/api/v1/query?query=sum%28up%29'


def test_a_database_in_another_encoding(cluster, receiver):
    """What Prometheus says about a query does not fail the build where the database cannot store it."""
    cluster.psql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    latin = Database(cluster, 'latin')
    try:
        latin.psql('CREATE EXTENSION internal_events CASCADE')
        load(latin, up='up')
        configure(latin, prometheus_url=receiver.url)
        receiver.tell(json_answer(400, status='error', error='例'),
                      json_answer(200, status='success', data={'resultType': 'scalar', 'result': [1, '例']}))
        for _ in range(2):
            number = build(latin, force=True)
            assert ping(latin, number).status == 'built'
            assert measured(latin, number)['up'][1:3] == ('error', UNREACHABLE)
    finally:
        cluster.psql('DROP DATABASE latin WITH (FORCE)')


def test_nothing_is_held(db, receiver):
    """While Prometheus keeps us waiting, no transaction is held, and a cancel ends the wait; the build goes on later."""
    receiver.tell(silence, json_answer(200, status='success', data={'resultType': 'scalar', 'result': [1, '7']}))
    configure(db, prometheus_url=receiver.url, http_timeout='30s')
    load(db, slow='up')
    with session(db) as cursor, session(db) as observer:
        thread, states = in_thread(lambda: sqlstate(cursor, BUILD))
        try:
            assert receiver.wait_for(1), states
            pid = cursor.connection.info.backend_pid
            assert activity(observer, pid) == (None, None, 0)
            assert one(observer, 'SELECT xact_start FROM pg_stat_activity WHERE pid = %s', (pid,)) is None
            assert one(observer, 'SELECT status FROM internal_events.service_pings') == 'building'
            begin = time.monotonic()
            observer.execute('SELECT pg_cancel_backend(%s)', (pid,))
            assert ends(thread)
            assert time.monotonic() - begin < 1
        finally:
            receiver.release()
        assert states == [CANCELED]
    assert build(db) == 1
    assert json.loads(ping(db, 1).body)['prometheus'] == {'slow': 7}


def test_a_query_that_went_away(db, receiver):
    """A metric that was redefined between two runs of a build does not keep it from ending."""
    receiver.tell(silence, answer(200, b'{}'))
    configure(db, prometheus_url=receiver.url, http_timeout='30s')
    load(db, gone='up')
    with session(db) as cursor:
        thread, _states = in_thread(lambda: sqlstate(cursor, BUILD))
        try:
            assert receiver.wait_for(1)
            db.psql(f'SELECT pg_cancel_backend({cursor.connection.info.backend_pid})')
            assert ends(thread)
        finally:
            receiver.release()
        definition = json.loads(metric('prometheus.gone', 'up'))
        definition['instrumentation'] = {'kind': 'setting', 'setting': 'max_connections'}
        definition['data_source'] = 'system'
        cursor.execute('SELECT internal_events.load_metric_definition(%s)', (json.dumps(definition),))
        thread, states = in_thread(lambda: sqlstate(cursor, BUILD))
        finished = wait_until(lambda: not thread.is_alive(), SECONDS)
        if not finished:
            db.psql(f'SELECT pg_terminate_backend({cursor.connection.info.backend_pid})')
        assert finished and states == [None]
    assert ping(db, 1).status == 'built'


def test_credentials_of_prometheus(cluster, db, receiver):
    """User and password in prometheus_url reach Prometheus, and nobody else."""
    log = len(cluster.log_text())
    receiver.tell(answer(500))
    with session(db) as cursor:
        cursor.execute(f"SET internal_events.prometheus_url = 'http://mole:Tolstoy@127.0.0.1:{receiver.port}/'")
        load(db, up='up')
        cursor.execute(BUILD)
    assert receiver.requests[0].headers['Authorization'].startswith('Basic ')
    stored = db.psql('SELECT m FROM internal_events.service_ping_measurements m; '
                     'SELECT p FROM internal_events.service_pings p')
    assert 'answered with status 500' in stored
    for text in (stored, cluster.log_text()[log:]):
        assert 'Tolstoy' not in text and 'mole' not in text
