"""`internal-events ping`: what Service Pings say, whether they were sent, and sending them from outside of the server."""

import json
import re
import signal
import subprocess

import pytest

from cluster import Database, wait_until
from command import COMMAND, environment, run, run_json
from peers import Authority, Nginx, Prometheus, Tinyproxy
from pings import attempts, build, configure, deliver_to, fail_a_build, make_due, ping, state
from receiver import Receiver, after_release, answer, json_answer
from support import SECONDS, load_event, load_metric, one, session

RECORDED_AT = r'"recorded_at": "[^"]*"'
SLOW = json.dumps({'key_path': 'slow', 'description': 'slow', 'value_type': 'number', 'status': 'active',
                   'time_frame': 'none', 'data_source': 'system',
                   'instrumentation': {'kind': 'generic', 'sql': 'SELECT 1 FROM pg_sleep(30)'}})


@pytest.fixture(scope='module')
def deliverer(roles, cluster):  # pylint: disable=unused-argument
    """A role that may do all that is needed to send, and not more."""
    cluster.psql('CREATE ROLE deliverer LOGIN IN ROLE internal_events_admin, pg_read_all_settings')
    return {'PGUSER': 'deliverer'}


@pytest.fixture
def counted(db):
    """A database with an event, a metric of it, and a name with letters of which UTF-8 needs two bytes each."""
    load_event(db, 'opened')
    load_metric(db, 'counts.opened', {'name': 'opened'})
    db.psql("SELECT track_event('opened')")
    configure(db, hostname='Küche.例え')
    return db


def without_moment(text):
    """A payload without the only value that changes by the clock."""
    return re.sub(RECORDED_AT, '', text)


def problems(database, status=1, **kw):
    """What ping status says needs a hand."""
    return [each['message'] for each in run_json('ping', 'status', database=database, status=status, **kw)['problems']]


def test_preview(counted, roles):  # pylint: disable=unused-argument
    """A preview is the text that the function returns; a reader may see it, and nothing is kept."""
    expected = counted.psql('SELECT internal_events.service_ping_payload()')
    shown = run('ping', 'preview', database=counted, env={'PGUSER': 'reader'}).stdout
    assert re.search(RECORDED_AT, shown) and without_moment(shown) == without_moment(expected) + '\n'
    pretty = run('ping', 'preview', '--pretty', database=counted).stdout
    assert '\n  "counts": {\n    "opened": 1\n  },\n' in pretty
    assert re.sub(r'\s', '', without_moment(pretty)) == re.sub(r'\s', '', without_moment(expected))
    for option, function in (('--queries', 'service_ping_queries'), ('--non-sql', 'service_ping_non_sql')):
        shown = run('ping', 'preview', option, database=counted).stdout
        assert without_moment(shown) == without_moment(counted.psql(f'SELECT internal_events.{function}()')) + '\n'
    assert counted.psql('SELECT count(*) FROM internal_events.service_pings') == '0'


def test_preview_of_another_day(db):
    """The day from which time frames count can be moved; what is no day is refused."""
    load_event(db, 'opened')
    load_metric(db, 'counts.opened', {'name': 'opened'}, time_frame='7d')
    db.psql("SELECT track_event('opened')")
    next_week = db.psql('SELECT internal_events.monday(internal_events.as_of()) + 7')
    assert json.loads(run('ping', 'preview', database=db).stdout)['counts'] == {'opened': 0}
    assert json.loads(run('ping', 'preview', '--as-of', next_week, database=db).stdout)['counts'] == {'opened': 1}
    assert '"tomorrow" is not a date' in run('ping', 'preview', '--as-of', 'tomorrow', database=db, status=1).stderr


def test_export(counted, tmp_path):
    """A kept ping comes out byte for byte, the newest unless it is named; no file is overwritten without being asked."""
    assert 'there is no Service Ping to export' in run('ping', 'export', database=counted, status=1).stderr
    first, second = build(counted), build(counted, force=True)
    assert run('ping', 'export', database=counted).stdout == ping(counted, second).body
    exported = run('ping', 'export', '--id', first, database=counted)
    assert exported.stdout == ping(counted, first).body
    digest = counted.psql("SELECT encode(sha256(convert_to(payload::text, 'UTF8')), 'hex') "
                          f'FROM internal_events.service_pings WHERE id = {first}')
    assert digest in exported.stderr and ping(counted, first).idempotency_key in exported.stderr
    metadata = run('ping', 'export', '--id', first, '--metadata', database=counted).stdout
    assert metadata == counted.psql(f'SELECT metadata FROM internal_events.service_pings WHERE id = {first}')

    file = tmp_path / 'ping.json'
    run('ping', 'export', '--id', first, '-o', file, database=counted)
    assert file.read_bytes() == ping(counted, first).body.encode()
    assert 'exists already' in run('ping', 'export', '-o', file, database=counted, status=1).stderr
    assert file.read_bytes() == ping(counted, first).body.encode()
    run('ping', 'export', '-o', file, '--force', database=counted)
    assert file.read_bytes() == ping(counted, second).body.encode()
    assert 'cannot write' in run('ping', 'export', '-o', tmp_path / 'no' / 'ping', database=counted, status=1).stderr
    assert 'No space left' in run('ping', 'export', '-o', '/dev/full', '--force', database=counted, status=1).stderr
    assert 'no Service Ping 99' in run('ping', 'export', '--id', 99, database=counted, status=1).stderr
    assert list(tmp_path.iterdir()) == [file]


def test_send(counted, receiver, deliverer):
    """The ping of the week is built where it is missing, and sent as the server would send it; once."""
    deliver_to(counted, receiver.url + '?site=1')
    receiver.tell(json_answer(201, usage_data_id=4711))
    answer_of = run_json('ping', 'send', database=counted, env=deliverer)
    assert answer_of == {'is_on': True, 'attempts': [
        {'id': 1, 'is_report': False, 'http_status': 201, 'error': None, 'next_attempt_at': None}]}
    row, request = ping(counted, 1), receiver.requests[0]
    assert (row.status, row.attempts, row.response, row.forced) == ('sent', 1, {'usage_data_id': 4711}, False)
    assert row.backend_pid is None and attempts(counted, 1) == [(201, None)]
    assert request.body == row.body.encode() and json.loads(request.body)['hostname'] == 'Küche.例え'
    # The same ping, sent by the server itself.
    counted.psql('SELECT internal_events.resend_service_ping(1); CALL internal_events.send_service_pings()')
    assert receiver.requests[1] == receiver.requests[0]._replace(headers=receiver.requests[1].headers)
    assert receiver.requests[1].headers.items() == request.headers.items()

    again = run('ping', 'send', database=counted, env=deliverer)
    assert 'Nothing is due: Service Ping 1 was sent 20' in again.stderr and len(receiver.requests) == 2
    run('ping', 'send', '--id', 1, database=counted, env=deliverer)
    assert receiver.requests[2].headers['Idempotency-Key'] == row.idempotency_key
    run('ping', 'send', '--force', database=counted, env=deliverer)
    assert state(counted, 2) == ('sent', 1, False) and len(receiver.requests) == 4


def test_a_receiver_that_is_down(db, receiver):
    """The exit status and the ping say that it failed, why, and when it is tried again; nothing is sent before."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(503), answer(200))
    sent = run('ping', 'send', database=db, status=1)
    assert 'Service Ping 1: not sent: answered with status 503; next attempt 20' in sent.stderr
    row = ping(db, 1)
    assert (row.status, row.attempts, row.last_error) == ('built', 1, 'answered with status 503')
    assert 7 < row.hours < 9
    assert problems(db) == ['Service Ping 1 could not be sent (attempts: 1): answered with status 503']
    assert 'Service Ping 1 waits until 20' in run('ping', 'send', database=db).stderr
    assert len(receiver.requests) == 1
    make_due(db)
    run('ping', 'send', database=db)
    assert state(db, 1) == ('sent', 2, False) and problems(db, status=0) == []
    deliver_to(db, 'http://127.0.0.1:9/')
    answer_of = run_json('ping', 'send', '--force', database=db, status=1)['attempts'][0]
    assert (answer_of['http_status'], answer_of['id']) == (None, 2)
    assert answer_of['error'].startswith('127.0.0.1:9 does not take connections')


def test_without_a_url(db):
    """Where there is no URL nothing is sent, nothing built, and that is no failure."""
    sent = run('ping', 'send', database=db)
    assert sent.stderr == 'Nothing is sent: internal_events.service_ping_url is not set\n' and sent.stdout == ''
    assert run_json('ping', 'send', database=db) == {'is_on': False, 'attempts': []}
    assert db.psql('SELECT count(*) FROM internal_events.service_pings') == '0'


def test_report_of_a_failed_build(db, receiver):
    """The report of a failed build goes to its own path."""
    deliver_to(db, receiver.url)
    number = fail_a_build(db)
    sent = run('ping', 'send', '--no-build', database=db)
    assert sent.stderr == f'Report of the failed build of Service Ping {number}: sent, answered with status 201\n'
    assert receiver.requests[0].path == '/service_ping/error' and 'sqlstate' in receiver.requests[0].body.decode()


def test_who_may_send(db, receiver, deliverer):
    """What a role lacks is said before anything is claimed, with the statement that grants it."""
    deliver_to(db, receiver.url)
    build(db)
    refused = run('ping', 'send', database=db, env={'PGUSER': 'admin'}, status=1).stderr
    assert 'the role admin may not see internal_events.' in refused
    assert 'GRANT pg_read_all_settings TO admin;' in refused
    refused = run('ping', 'send', database=db, env={'PGUSER': 'reader'}, status=1).stderr
    assert 'GRANT internal_events_admin, pg_read_all_settings TO reader;' in refused
    refused = run('ping', 'status', database=db, env={'PGUSER': 'reader'}, status=1).stderr
    assert 'permission denied' in refused and 'one of internal_events_admin' in refused
    assert state(db, 1) == ('built', 0, True) and receiver.requests == []
    run('ping', 'send', database=db, env=deliverer)
    assert state(db, 1) == ('sent', 1, False)


def test_another_encoding(cluster, receiver):
    """UTF-8 is sent wherever it comes from, and what the database cannot store does no harm."""
    cluster.psql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    latin = Database(cluster, 'latin')
    try:
        latin.psql('CREATE EXTENSION internal_events CASCADE')
        deliver_to(latin, receiver.url)
        with session(latin, client_encoding='UTF8') as cursor:
            cursor.execute("ALTER DATABASE latin SET internal_events.hostname = 'Küche'")
        receiver.tell(answer(200, '{"text": "例え"}'.encode()))
        run('ping', 'send', database=latin)
        assert json.loads(receiver.requests[0].body)['hostname'] == 'Küche'
        assert run('ping', 'export', database=latin).stdout.encode() == receiver.requests[0].body
        assert latin.psql("SELECT status, response ->> 'text' FROM internal_events.service_pings") == 'sent|??????'
        assert json.loads(run('ping', 'preview', database=latin).stdout)['hostname'] == 'Küche'
    finally:
        cluster.psql('DROP DATABASE latin WITH (FORCE)')


def test_network_of_this_machine(db, receiver, tmp_path):
    """The authority and the proxy of the machine that sends take the place of those that the server has set."""
    with Authority() as authority, Tinyproxy() as proxy, \
            Nginx(receiver, {'good': authority.certificate('good')}) as nginx:
        deliver_to(db, nginx.url('good'), http_timeout='10s', http_connect_timeout='10s', ca_file='/not/here.pem')
        assert 'cannot be read on this machine' in run('ping', 'send', database=db, status=1).stderr
        build(db)
        refused = run('ping', 'send', '--ca-file', '', database=db, status=1).stderr
        assert 'is from an authority that is not known here' in refused
        local = tmp_path / 'ca.pem'
        local.write_bytes(authority.file.read_bytes())
        run('ping', 'send', '--id', 1, '--ca-file', local, '--proxy', proxy.url(), database=db)
        assert state(db, 1) == ('sent', 2, False)
        assert re.search(r'CONNECT localhost:\d+', proxy.log_text())
    assert run('ping', 'send', '--proxy', 'ftp://x', database=db, status=2).stderr.startswith('internal-events: --proxy')


def test_build(db, tmp_path):
    """A build from outside asks Prometheus from here; a week has one ping unless another one is asked for."""
    definition = json.dumps({'key_path': 'up', 'description': 'up', 'value_type': 'number', 'status': 'active',
                             'time_frame': 'none', 'data_source': 'prometheus', 'data_category': 'operational',
                             'instrumentation': {'kind': 'prometheus', 'query': 'sum(up)'}})
    with session(db) as cursor:
        cursor.execute('SELECT internal_events.load_metric_definition(%s)', (definition,))
    assert run_json('ping', 'build', database=db) == {'id': 1, 'is_new': True}
    measured = 'SELECT value, status, message FROM internal_events.service_ping_measurements WHERE kind = %s AND ping_id = %s'
    with Prometheus() as prometheus, session(db) as cursor:
        assert one(cursor, measured, ('prometheus', 1)) == (None, 'error', 'internal_events.prometheus_url is not set')
        configure(db, prometheus_url=prometheus.url)
        assert 'Service Ping 1 is the one of this week' in run('ping', 'build', database=db).stderr
        assert run('ping', 'build', '--force', database=db).stderr == 'Service Ping 2: built\n'
        assert one(cursor, measured, ('prometheus', 2)) == (1, 'ok', None)
    configure(db, service_ping_building='off')
    assert run_json('ping', 'build', database=db) == {'id': None, 'is_new': False}


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped(db, number):
    """A signal ends a build at once, also within a long statement; the next one goes on there."""
    with session(db) as cursor:
        cursor.execute('SELECT internal_events.load_metric_definition(%s)', (SLOW,))
    with subprocess.Popen([COMMAND, 'ping', 'build'], env=environment(db), stderr=subprocess.PIPE, text=True) as running:
        sleeps = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        assert wait_until(lambda: db.psql(sleeps) == '1', SECONDS)
        assert problems(db, status=0) == []
        running.send_signal(number)
        assert 'stopped by a signal' in running.communicate(timeout=SECONDS)[1]
        assert running.returncode == 1
    assert ping(db, 1).status == 'building' and ping(db, 1).backend_pid is None
    assert 'was interrupted' in problems(db)[0]
    configure(db, metric_timeout='100ms')
    assert run_json('ping', 'build', database=db) == {'id': 1, 'is_new': True}


@pytest.mark.parametrize('is_killed', [False, True])
def test_a_send_that_is_stopped(db, is_killed):
    """Whether it is stopped or killed while it waits, the ping is sent again with the same key."""
    with Receiver() as receiver:
        deliver_to(db, receiver.url, http_timeout='60s')
        receiver.tell(after_release(answer(200)))
        with subprocess.Popen([COMMAND, 'ping', 'send'], env=environment(db), stderr=subprocess.DEVNULL) as running:
            assert receiver.wait_for(1)
            running.send_signal(signal.SIGKILL if is_killed else signal.SIGTERM)
            assert running.wait(SECONDS) == (-signal.SIGKILL if is_killed else 1)
        receiver.release()
        receiver.tell(answer(200))
        if is_killed:
            assert wait_until(lambda: problems(db) == [
                'Service Ping 1 was on its way when its session ended; whether it arrived is not known'], SECONDS)
        else:
            assert state(db, 1) == ('built', 1, False)
            make_due(db)
        run('ping', 'send', database=db)
        assert attempts(db, 1) == [(None, 'interrupted: whether it arrived is not known'), (200, None)]
        assert len({request.headers['Idempotency-Key'] for request in receiver.requests}) == 1


def test_status(db, roles):  # pylint: disable=unused-argument
    """One look says whether pings are sent and where to, what became of the latest, and what needs a hand."""
    shown = run('ping', 'status', database=db).stdout
    assert shown == 'Sending: off; internal_events.service_ping_url is not set\nBuilding: on\n'
    db.psql("UPDATE internal_events.instance SET created_at = now() - interval '9 days'")
    assert problems(db) == ['no Service Ping was built since the extension was created']
    deliver_to(db, 'https://mole:Graham@ping.example.com/service_ping')
    assert problems(db) == ['no Service Ping was built since the extension was created']
    build(db)
    assert problems(db, status=0) == []
    shown = run('ping', 'status', database=db).stdout
    assert 'Sending: to https://***@ping.example.com/service_ping' in shown and 'Graham' not in shown
    assert re.search(r'^id +week +status .* last error$', shown, re.MULTILINE)
    assert re.search(r'^ *1 +\d{4}-\d\d-\d\d +built +\d{4}-\d\d-\d\d \d\d:\d\d ', shown, re.MULTILINE)
    hidden = run('ping', 'status', database=db, env={'PGUSER': 'admin'}).stdout
    assert 'Sending: on; where to is seen by superusers' in hidden and 'example.com' not in hidden
    db.psql("UPDATE internal_events.service_pings SET next_attempt_at = now() - interval '3 hours'")
    assert 'is due since' in problems(db)[0]
    fail_a_build(db)
    assert '--count' in run('ping', 'status', '--count=-1', database=db, status=2).stderr
    found = run_json('ping', 'status', '--count', 1, database=db, status=1)
    assert [each['status'] for each in found['pings']] == ['failed'] and found['is_built'] and found['is_sent']
    assert found['problems'][0] == {'message': 'Service Ping 2 could not be built: the disk of Graham is full',
                                    'remedy': 'internal-events ping build  # when the cause is mended'}
    assert 'Needs a hand: Service Ping 2 could not be built' in run('ping', 'status', database=db, status=1).stdout
