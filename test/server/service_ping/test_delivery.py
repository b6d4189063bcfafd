"""What send_service_pings() sends, to whom, and what it keeps of the answer."""

import json

import psycopg2
import pytest

from cluster import Database
from pings import BUILD, SEND, attempts, build, configure, deliver_to, make_due, ping, send, state
from receiver import answer, json_answer
from support import one, session, sqlstate

DENIED = '42501'
UNKNOWN_VALUE = '22023'
ADDRESSES = {'service_ping_url': 'http://127.0.0.1:9', 'prometheus_url': 'http://127.0.0.1:9',
             'http_proxy': 'http://127.0.0.1:9', 'ca_file': '/ca.pem'}
LONG = 'ß' * 3000
DEEP = b'[' * 500_000 + b']' * 500_000
TABLES = ('service_pings', 'service_ping_attempts', 'service_ping_measurements', 'instance')


def everything(database):
    """Returns all that is stored of Service Pings."""
    return [database.psql(f'SELECT t FROM internal_events.{table} t ORDER BY t::text') for table in TABLES]


@pytest.mark.parametrize('status', [200, 201, 204])
def test_a_success(db, receiver, status):
    """A ping that is taken is sent, once, and what the receiver says of it is kept."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(status) if status == 204 else json_answer(status, usage_data_id=4711, conv_index={'score': 1.5}))
    number = build(db)
    assert state(db, number) == ('built', 0, True)
    for _ in range(2):
        send(db)
        row = ping(db, number)
        assert (row.status, row.attempts, row.next_attempt_at, row.last_error) == ('sent', 1, None, None)
        assert row.sent_at is not None
        assert row.response == (None if status == 204 else {'usage_data_id': 4711, 'conv_index': {'score': 1.5}})
        assert attempts(db, number) == [(status, None)]
        assert len(receiver.requests) == 1


def test_the_request(db, receiver):
    """A POST of the stored payload, byte for byte, with the headers that a receiver needs; each attempt is the same."""
    deliver_to(db, receiver.url + '?site=a%20b')
    receiver.tell(answer(500), answer(200))
    configure(db, hostname='Küche.例え')
    number = build(db)
    send(db)
    make_due(db)
    send(db)
    first, second = receiver.requests
    row = ping(db, number)
    version = db.psql("SELECT extversion FROM pg_extension WHERE extname = 'internal_events'")
    major = int(db.psql('SHOW server_version_num')) // 10000
    assert (first.method, first.path) == ('POST', '/service_ping?site=a%20b')
    assert first.headers['Content-Type'] == 'application/json'
    assert first.headers['User-Agent'] == f'internal_events/{version} (PostgreSQL {major})'
    assert first.headers['Idempotency-Key'] == row.idempotency_key
    assert 'Expect' not in first.headers and 'Authorization' not in first.headers
    assert first.body == row.body.encode()
    assert json.loads(first.body)['hostname'] == 'Küche.例え'
    assert second.body == first.body and second.path == first.path
    assert second.headers.items() == first.headers.items()


def test_each_ping_has_its_own_key(db, receiver):
    """Whoever takes two pings can tell that they are two; they go out in the order in which they were built."""
    deliver_to(db, receiver.url)
    numbers = [build(db), build(db, force=True), build(db, force=True)]
    send(db)
    keys = [request.headers['Idempotency-Key'] for request in receiver.requests]
    assert keys == [ping(db, number).idempotency_key for number in numbers]
    assert len(set(keys)) == 3


def test_a_database_in_another_encoding(cluster, receiver):
    """What is sent is UTF-8 wherever it comes from, and an answer that the database cannot store does no harm."""
    cluster.psql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    latin = Database(cluster, 'latin')
    try:
        latin.psql('CREATE EXTENSION internal_events CASCADE')
        deliver_to(latin, receiver.url)
        receiver.tell(json_answer(200, text='Straße'), answer(200, '{"text": "例え"}'.encode()))
        with session(latin, client_encoding='UTF8') as cursor:
            cursor.execute("SET internal_events.hostname = 'Küche'")
            cursor.execute(BUILD)
            assert one(cursor, "SELECT payload ->> 'hostname' FROM internal_events.service_pings") == 'Küche'
        send(latin)
        body = receiver.requests[0].body
        assert json.loads(body)['hostname'] == 'Küche'
        assert body == latin.psql("SET client_encoding = 'UTF8'; SELECT payload FROM internal_events.service_pings").encode()
        assert latin.psql("SET client_encoding = 'UTF8'; SELECT response FROM internal_events.service_pings") \
            == '{"text": "Straße"}'
        second = build(latin, force=True)
        send(latin)
        assert state(latin, second) == ('sent', 1, False)
    finally:
        cluster.psql('DROP DATABASE latin WITH (FORCE)')


@pytest.mark.parametrize('body, kept', [
    (b'taken', 'taken'),
    (b'', None),
    (b'{"usage_data_id": 1', '{"usage_data_id": 1'),
    (b'"\xff\xfe"', '??'),
    (b'{"a": "\0"}', {'a': '?'}),
    (b'{"a": "\\u0000"}', '{"a": "\\u0000"}'),
    ('{"a": "ß例\U0001f600"}'.encode(), {'a': 'ß例\U0001f600'}),
    (b'[' * 20000, '[' * 1000),
    (DEEP, DEEP.decode()[:1000]),
    (b'null', None),
    (f'"{LONG}"'.encode(), LONG),
    (b' ' * (10 << 20), None),
], ids=['no JSON', 'empty', 'half JSON', 'no UTF-8', 'NUL', 'escaped NUL', 'Unicode', 'open', 'deep', 'null', 'long',
        '10 MB'])
def test_odd_answers(db, receiver, body, kept):
    """A success counts, whatever comes with it; what is no JSON is kept as a text."""
    deliver_to(db, receiver.url, http_timeout='10s')
    receiver.tell(answer(200, body))
    number = build(db)
    send(db)
    row = ping(db, number)
    assert (row.status, row.attempts, row.last_error, row.next_attempt_at) == ('sent', 1, None, None)
    assert row.response == kept
    assert attempts(db, number) == [(200, None)]


def test_without_a_url(cluster, db, receiver):
    """Where there is no URL, nothing is connected, no row changes, and the log stays as it is."""
    build(db)
    before, log = everything(db), cluster.log_text()
    with session(db) as cursor:
        cursor.execute(SEND)
        assert cursor.connection.notices == []
    assert everything(db) == before
    assert cluster.log_text() == log
    # The same with a URL does something.
    deliver_to(db, receiver.url)
    send(db)
    assert len(receiver.requests) == 1 and everything(db) != before


def test_building_off(cluster, db, receiver):
    """With building off, nothing is built and nothing is said; what was built before is still sent."""
    deliver_to(db, receiver.url)
    number = build(db)
    configure(db, service_ping_building='off')
    before, log = everything(db), cluster.log_text()
    assert db.psql('CALL internal_events.build_service_ping()') == ''
    assert db.psql('CALL internal_events.build_service_ping(force => true)') == ''
    assert everything(db) == before and cluster.log_text() == log
    send(db)
    assert state(db, number) == ('sent', 1, False)


def test_settings_are_for_superusers(cluster, db):
    """Where pings go is neither set nor seen by anybody else, not even by an admin."""
    cluster.psql('CREATE ROLE operator LOGIN IN ROLE internal_events_admin')
    try:
        configure(db, **ADDRESSES)
        with session(db, user='operator') as cursor:
            cursor.execute(BUILD)  # Loads the library.
        for name, value in {**ADDRESSES, 'http_timeout': '1s', 'http_connect_timeout': '1s',
                            'service_ping_building': 'off', 'service_ping_categories': 'optional'}.items():
            with session(db, user='operator') as cursor:
                cursor.execute('SELECT * FROM internal_events.jobs()')
                assert sqlstate(cursor, f"SET internal_events.{name} = '{value}'") == DENIED, name
                if name in ADDRESSES:
                    assert sqlstate(cursor, f'SHOW internal_events.{name}') == DENIED
                    assert one(cursor, 'SELECT count(*) FROM pg_settings WHERE name = %s', (f'internal_events.{name}',)) == 0
                    assert sqlstate(cursor, 'SELECT internal_events.setting(%s)', (name,)) == DENIED
    finally:
        db.psql('DROP ROLE operator')


@pytest.mark.parametrize('name', ['service_ping_url', 'prometheus_url'])
def test_what_is_no_url(cluster, name):
    """An address that is not one of HTTP, or that names no host, is refused when it is set."""
    wrong = ('file:///etc/passwd', 'ftp://example.com/', 'example.com', 'http://', 'https://', 'http:///service_ping',
             'http://:80/', 'http://a b/', 'http://example.com/\n', '//example.com/')
    with session(cluster) as cursor:
        cursor.execute("LOAD 'internal_events'")
        accepted = [url for url in wrong if sqlstate(cursor, f"SET internal_events.{name} = '{url}'") != UNKNOWN_VALUE]
        assert accepted == []
        assert one(cursor, f'SHOW internal_events.{name}') == ''
        cursor.execute(f"SET internal_events.{name} = 'https://mole:Graham@example.com/'")
        with pytest.raises(psycopg2.Error) as refused:
            cursor.execute(f"SET internal_events.{name} = 'ftp://mole:Tolstoy@example.com/'")
        assert 'Tolstoy' not in str(refused.value), 'the password would be in the log'
