"""The command and a database without an encoding, which holds bytes that are no UTF-8."""

import json

import pytest

from cluster import Database
from command import run, run_json
from forwarding import forward_to
from pings import deliver_to
from receiver import raw as raw_answer
from support import load_event, load_metric

BROKEN = json.dumps({'key_path': 'counts.broken', 'description': 'x', 'value_type': 'string', 'status': 'active',
                     'time_frame': 'none', 'data_source': 'system',
                     'instrumentation': {'kind': 'generic', 'sql': r"SELECT convert_from('\xe9', 'SQL_ASCII')"}})


@pytest.fixture(name='raw')
def fixture_raw(cluster):
    """A database without an encoding, with bytes that are no UTF-8 in an event and a reason."""
    cluster.psql("CREATE DATABASE raw ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    database = Database(cluster, 'raw')
    database.psql('CREATE EXTENSION internal_events CASCADE')
    load_event(database, 'opened')
    load_metric(database, 'counts.opened', {'name': 'opened'})
    database.psql(r"""
        SELECT track_event('opened', additional_properties => E'{"label": "caf\xe9\x9b31m"}'::jsonb);
        INSERT INTO internal_events.forwarding_failures (event_id, event_definition_id, reason)
        SELECT gen_random_uuid(), d.id, E'caf\xe9\x1b[31m' FROM internal_events.event_definitions d;
        SELECT internal_events.rollup()""")
    yield database
    cluster.psql('DROP DATABASE raw WITH (FORCE)')


def test_every_subcommand_reads_them(raw, tmp_path):
    """Nothing fails of bytes that are no text, and a terminal is given none that it would obey."""
    events = run_json('monitor', 'opened', '--once', database=raw)
    assert events['last_events'][0]['additional_properties'] == {'label': 'caf\ufffd\ufffd31m'}
    assert 'label=caf\ufffd\ufffd31m' in run('monitor', 'opened', '--once', database=raw).stdout

    found = {each['code']: each['message'] for each in run_json('status', database=raw, status=1)['findings']}
    assert found['forwarding_failures'].endswith('such as one: caf\ufffd\x1b[31m')
    assert 'caf\ufffd\\x1b[31m (forwarding_failures)' in ' '.join(run('status', database=raw, status=1).stdout.split())
    assert 'code="forwarding_failures"' in run('status', '--format=prometheus', database=raw, status=1).stdout

    raw.psql(f'SELECT internal_events.load_metric_definition($yaml${BROKEN}$yaml$)')
    run('dictionary', '--dbname', 'raw', '-o', tmp_path / 'dictionary', database=raw)
    assert 'invalid byte sequence' in (tmp_path / 'dictionary/metrics/counts.broken.html').read_text()


def test_pings(raw, receiver):
    """Pings are built and sent as from any other database; a value that no document can hold is that metric's error."""
    deliver_to(raw, receiver.url)
    raw.psql(f'SELECT internal_events.load_metric_definition($yaml${BROKEN}$yaml$)')
    assert json.loads(run('ping', 'preview', database=raw).stdout)['counts'] == {'broken': None, 'opened': 1}
    assert run_json('ping', 'build', database=raw) == {'id': 1, 'is_new': True}
    run('ping', 'send', database=raw)
    assert [request.body.decode() for request in receiver.requests] == [run('ping', 'export', database=raw).stdout]
    assert json.loads(receiver.requests[0].body)['counts'] == {'broken': None, 'opened': 1}
    (measured,) = [each for each in json.loads(run('ping', 'export', '--metadata', database=raw).stdout)['metrics']
                   if each['name'] == 'counts.broken']
    assert (measured['status'], measured['sqlstate']) == ('error', '22021')
    assert run_json('ping', 'status', database=raw)['pings'][0]['status'] == 'sent'


def test_events_are_forwarded(raw, collector):
    """What is text goes out, what is not is put aside, and the others do not wait for it."""
    forward_to(raw, collector)
    raw.psql("SELECT track_event('opened', user_id => 7)")
    assert run_json('deliver', database=raw)['events']['delivered'] == 1
    assert raw.psql("SELECT count(*) FROM internal_events.forwarding_failures WHERE reason LIKE '%no UTF-8%'") == '1'


def test_answers_of_others(db, receiver):
    """What a receiver answers is printed as text, never as what a terminal obeys, and JSON of it is UTF-8."""
    deliver_to(db, receiver.url)
    receiver.tell(raw_answer(b'HTTP/1.1 302 Found\r\nLocation: http://x/\xff\x1b[31m\r\nContent-Length: 0\r\n\r\n'))
    shown = run('ping', 'send', database=db, status=1).stderr
    assert 'a redirect to http://x/' in shown and '\x1b' not in shown
    assert run_json('ping', 'send', '--id', 1, database=db, status=1)['attempts'][0]['http_status'] == 302
    assert '\x1b' not in run('ping', 'status', database=db, status=1).stdout
    assert '\x1b' not in run('status', database=db, status=1).stdout
