"""`internal-events deliver`: sends Service Pings and forwards events from outside of the server."""

import contextlib
import json
import re
import shutil
import signal
import subprocess
import time

import pytest

from cluster import wait_until
from command import COMMAND, environment, run, run_json
from forwarding import (FORCE, expect_all, expect_each_once, forward, forward_to, forwarder, is_under_way, load, logged,
                        lose_patience, status, track_many)
from pings import activity, build, deliver_to, ended, ping, state
from support import CHECKOUT, SECONDS, ends, in_thread, one, session

COUNT = 300
HANG = {'fault': 'hang', 'times': -1}
DOWN = {'fault': 'status', 'status': 503, 'times': -1}
NOTHING = {'delivered': 0, 'refused': 0, 'error': None, 'next_try_in_seconds': None, 'message': None}


@pytest.fixture
def waiting(db, collector):
    """A database with events for a collector."""
    load(db, 'opened')
    forward_to(db, collector, http_timeout='60s')
    track_many(db, COUNT)
    return db


@contextlib.contextmanager
def delivering(database, *arguments):
    """A run of the command in the background, killed at the end."""
    with subprocess.Popen([COMMAND, 'deliver', *arguments], env=environment(database), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


@contextlib.contextmanager
def hanging(database, collector, **fault):
    """A run that waits for a collector which does not answer, and the process id of its session."""
    collector.faults({**HANG, **fault})
    with delivering(database) as running:
        try:
            assert is_under_way(collector)
            yield running, forwarder(database)
        finally:
            collector.clear_faults()


def test_ten_thousand_events_and_a_ping(waiting, collector, receiver):
    """All that waits goes out, each event once, and so does the ping that is due; a timer's second run says nothing."""
    deliver_to(waiting, receiver.url, http_timeout='10s')
    number = build(waiting)
    track_many(waiting, 10_000 - COUNT)
    answer_of = run_json('deliver', database=waiting)
    assert answer_of['events'] == {**NOTHING, 'delivered': 10_000, 'is_on': True}
    assert [each['id'] for each in answer_of['service_pings']['attempts']] == [number]
    expect_each_once(waiting, collector)
    assert state(waiting, number) == ('sent', 1, False)
    agent = waiting.psql("SELECT extversion FROM pg_extension WHERE extname = 'internal_events'")
    assert {note['headers']['User-Agent'].split(' ')[0] for note in collector.requests()} == {f'internal_events/{agent}'}
    ran = run('deliver', database=waiting)
    assert (ran.stdout, ran.stderr) == ('', '')
    assert run('deliver', '-v', database=waiting).stderr == 'Service Pings: none is due\nEvents: nothing waits to be forwarded\n'


def test_without_addresses(db, collector, receiver):
    """Where no address is set nothing is sent, and no line written unless it is asked for."""
    load(db, 'opened')
    track_many(db, 1)
    build(db)
    ran = run('deliver', database=db)
    assert (ran.stdout, ran.stderr) == ('', '')
    assert run('deliver', '--verbose', database=db).stderr == (
        'Service Pings: not sent; internal_events.service_ping_url is not set\n'
        'Events: not forwarded; internal_events.snowplow_collector_url is not set\n')
    assert run_json('deliver', database=db) == {'service_pings': {'is_on': False, 'attempts': []},
                                                'events': {**NOTHING, 'is_on': False}}
    assert collector.requests() == [] and receiver.requests == []
    assert status(db).queued == 0 and state(db, 1) == ('built', 0, True)


def test_only_one_of_both(waiting, collector, receiver):
    """Either can be sent by itself."""
    deliver_to(waiting, receiver.url, http_timeout='10s')
    build(waiting)
    assert run('deliver', '--pings', database=waiting).stderr == 'Service Ping 1: sent, answered with status 201\n'
    assert collector.requests() == []
    build(waiting, force=True)
    assert re.fullmatch(r'Events: 300 events forwarded in \d+\.\d s\n', run('deliver', '--events', database=waiting).stderr)
    assert len(receiver.requests) == 1


def test_who_may_deliver(cluster, waiting, roles, collector):  # pylint: disable=unused-argument
    """A role needs both memberships, is told so, and needs nothing else."""
    refused = run('deliver', database=waiting, env={'PGUSER': 'admin'}, status=1).stderr
    assert 'GRANT pg_read_all_settings TO admin;' in refused and collector.requests() == []
    assert status(waiting).queued == 0 and forwarder(waiting) is None
    cluster.psql('CREATE ROLE deliverer LOGIN IN ROLE internal_events_admin, pg_read_all_settings')
    run('deliver', '--jobs', database=waiting, env={'PGUSER': 'deliverer'})
    expect_each_once(waiting, collector)
    cluster.psql('DROP ROLE deliverer')


def test_nothing_is_held(waiting, collector):
    """While the network is waited for there is no transaction; who else would send is told who does, and sends nothing."""
    with hanging(waiting, collector) as (running, pid), session(waiting) as observer:
        assert status(waiting).state == 'sending'
        assert activity(observer, pid) == (None, None, 0)
        assert one(observer, 'SELECT state, application_name FROM pg_stat_activity WHERE pid = %s', (pid,)) == \
            ('idle', 'internal-events')
        count = len(collector.requests())
        assert f'session {pid} is sending' in forward(waiting)
        second = run('deliver', '--force', database=waiting)
        assert second.stderr == f'Events: nothing is forwarded now: session {pid} is sending\n'
        assert len(collector.requests()) == count
        collector.clear_faults()
        assert running.wait(SECONDS) == 0
    expect_all(collector, logged(waiting))
    assert forwarder(waiting) is None


def test_the_server_sends_already(waiting, collector):
    """Beside forward_events() inside of the server, a run sends nothing."""
    collector.faults(HANG)
    with session(waiting) as cursor:
        thread, _ = in_thread(lambda: cursor.execute(FORCE))
        assert is_under_way(collector)
        assert f'session {cursor.connection.info.backend_pid} is sending' in run('deliver', database=waiting).stderr
        collector.clear_faults()
        assert ends(thread)
    expect_all(collector, logged(waiting))


@pytest.mark.parametrize('is_stored', [False, True])
def test_kill(waiting, collector, is_stored):
    """After SIGKILL the next run goes on at once: nothing is lost, and what comes twice has the same id."""
    with hanging(waiting, collector, stored=is_stored) as (running, pid):
        running.kill()
        running.wait(SECONDS)
        assert ended(waiting, pid)
    run('deliver', database=waiting)
    expect_all(collector, logged(waiting))
    assert bool(collector.duplicates()) == is_stored
    found = status(waiting)
    assert (found.backlog, found.delivered) == (0, COUNT)


def test_stop(waiting, collector):
    """SIGTERM ends a run at once; what has been answered is noted, and the rest is sent by the next run."""
    waiting.psql(f'ALTER DATABASE {waiting.name} SET internal_events.snowplow_connections = 1')
    waiting.psql(f'ALTER DATABASE {waiting.name} SET internal_events.snowplow_batch_bytes = 10000')
    collector.faults({'fault': 'slow_body', 'times': 2, 'bytes': 2, 'pause': 0}, HANG)
    with delivering(waiting) as running:
        assert is_under_way(collector, 3)
        arrived = collector.summary()['good']
        begin = time.monotonic()
        running.terminate()
        assert 'stopped by a signal' in running.communicate(timeout=SECONDS)[1]
        assert running.returncode == 1 and time.monotonic() - begin < 2
    collector.clear_faults()
    assert 0 < arrived < COUNT and forwarder(waiting) is None
    assert (status(waiting).delivered, status(waiting).backlog) == (arrived, COUNT - arrived)
    run('deliver', database=waiting)
    expect_each_once(waiting, collector)


def test_the_end_of_the_session(waiting, collector):
    """Where the session is ended, the run ends at once, as somebody else may send by then."""
    with hanging(waiting, collector) as (running, pid):
        begin = time.monotonic()
        waiting.psql(f'SELECT pg_terminate_backend({pid})')
        assert running.communicate(timeout=SECONDS)[1].count('the session has ended') == 1
        assert running.returncode == 1 and time.monotonic() - begin < 2
    run('deliver', database=waiting)
    expect_each_once(waiting, collector)


def test_a_collector_that_is_down(waiting, collector):
    """The exit status says so, with the reason and the next try; until then nothing is due, unless it is forced."""
    lose_patience(waiting)
    collector.faults(DOWN)
    failed = run('deliver', database=waiting, status=1).stderr
    assert re.search(r'not all forwarded: the collector answered with status 503; next try in \d+\.\d s', failed)
    count = len(collector.requests())
    assert 'the collector is left alone until' in run_json('deliver', database=waiting)['events']['message']
    assert len(collector.requests()) == count
    events = run_json('deliver', '--force', database=waiting, status=1)['events']
    assert events['error'] == 'the collector answered with status 503' and events['next_try_in_seconds'] > 10
    collector.clear_faults()
    run('deliver', '--force', database=waiting)
    expect_all(collector, logged(waiting))


def test_a_run_that_waits_and_goes_on(waiting, collector):
    """A short outage is waited for within the run."""
    collector.faults({**DOWN, 'times': 1})
    run('deliver', database=waiting)
    expect_all(collector, logged(waiting))
    assert status(waiting).backlog == 0


def test_refused_events(waiting, collector):
    """What the collector refuses goes to the failures, and is said."""
    collector.faults({'fault': 'status', 'status': 400, 'times': -1})
    ran = run('deliver', '--force', database=waiting, status=1).stderr
    assert '100 events refused by the collector; internal_events.forwarding_failures says why' in ran
    assert 'has refused' in ran and status(waiting).failures == 100


def test_wrong_settings_of_one_thing(waiting, receiver):
    """What is in the way of events is not in the way of pings."""
    deliver_to(waiting, receiver.url)
    build(waiting)
    waiting.psql(f"ALTER DATABASE {waiting.name} SET internal_events.snowplow_environment = '{'x' * 40}'")
    ran = run('deliver', '--jobs', database=waiting, status=1).stderr
    assert 'the settings of Snowplow make every event wrong' in ran and 'docs/snowplow.md' in ran
    assert state(waiting, 1) == ('sent', 1, False)


def test_an_address_that_goes_away(cluster, waiting, collector):
    """Whoever removes the address while a run is under way stops it before the next portion."""
    waiting.psql(f'ALTER DATABASE {waiting.name} RESET internal_events.snowplow_collector_url')
    cluster.psql(f"LOAD 'internal_events'; ALTER SYSTEM SET internal_events.snowplow_collector_url = '{collector.url}'; "
                 'SELECT pg_reload_conf()')
    try:
        assert wait_until(lambda: waiting.psql('SELECT internal_events.forwarding_is_on()') == 't', SECONDS)
        track_many(waiting, 5000)
        with hanging(waiting, collector) as (running, _pid):
            cluster.psql("LOAD 'internal_events'; ALTER SYSTEM RESET internal_events.snowplow_collector_url; "
                         'SELECT pg_reload_conf()')
            assert wait_until(lambda: waiting.psql('SELECT internal_events.forwarding_is_on()') == 'f', SECONDS)
            collector.clear_faults()
            assert running.wait(SECONDS) == 0
        assert status(waiting).backlog == COUNT + 5000 and collector.summary()['good'] == 0
    finally:
        cluster.psql("LOAD 'internal_events'; ALTER SYSTEM RESET internal_events.snowplow_collector_url; "
                     'SELECT pg_reload_conf()')


@pytest.fixture
def scheduled(db):
    """A database whose week has a moment for the ping of which the test says when it is."""
    def at(span):
        db.psql('CREATE OR REPLACE FUNCTION internal_events.service_ping_due() RETURNS timestamptz LANGUAGE sql STABLE '
                f"BEGIN ATOMIC SELECT now() + interval '{span}'; END")
    load(db, 'opened')
    return db, at


def test_jobs(scheduled):
    """Rollup and maintenance run each time, and the ping is built when its moment of the week has come."""
    database, at = scheduled
    track_many(database, 7)
    ahead = database.psql('SELECT partition FROM internal_events.partition_weeks() ORDER BY monday DESC LIMIT 1')
    database.psql(f'DROP TABLE {ahead}')
    at('1 minute')
    answer_of = run_json('deliver', '--jobs', database=database)
    assert answer_of['jobs'] == {'rolled_up': 7, 'maintenance': [{'action': 'created', 'object': ahead.split('.')[1]}]}
    assert 'built' not in answer_of
    at('-1 minute')
    answer_of = run_json('deliver', '--jobs', database=database)
    assert answer_of['jobs'] == {'rolled_up': 0, 'maintenance': []} and answer_of['built'] == 1
    assert run_json('deliver', '--jobs', database=database)['built'] is None
    assert ping(database, 1).status == 'built'


def test_the_moment_of_an_installation(db):
    """The moment is read from what jobs() really says: the same before as after it."""
    minute, hour, *_, weekday = db.psql(
        "SELECT schedule FROM internal_events.jobs() WHERE job = 'internal_events service ping'").split()
    has_come = db.psql(f"SELECT extract(isodow FROM n) * 1440 + extract(hour FROM n) * 60 + extract(minute FROM n) >= "
                       f"{weekday} * 1440 + {hour} * 60 + {minute} FROM (SELECT now() AT TIME ZONE 'UTC' AS n) t") == 't'
    assert ('built' in run_json('deliver', '--jobs', database=db)) == has_come
    assert run_json('deliver', '--build', database=db)['built'] == (None if has_come else 1)


def test_for_ever(cluster, waiting, collector):
    """A run that goes on survives the end of its session and a restart of the server, and ends well by SIGTERM."""
    with delivering(waiting, '--every', '1', '--json') as running:
        assert collector.wait_for(COUNT)
        cluster.restart()
        track_many(waiting, 5)
        assert collector.wait_for(COUNT + 5)
        assert running.poll() is None
        running.terminate()
        output, _errors = running.communicate(timeout=SECONDS)
        assert running.returncode == 0
    assert sum(json.loads(line)['events']['delivered'] for line in output.splitlines()) == COUNT + 5
    expect_each_once(waiting, collector)


def test_a_wrong_call(db):
    """A wrong number of seconds is refused as usage."""
    run('deliver', '--every', '0', database=db, status=2)
    run('deliver', '--proxy', 'ftp://x', '--every', '1', database=db, status=2)


def units():
    """The systemd units that docs/operations.md shows: {name: text}."""
    text = (CHECKOUT / 'docs' / 'operations.md').read_text(encoding='utf-8')
    return dict(re.findall(r'^# /etc/systemd/system/(\S+)\n(.*?)^```', text, re.MULTILINE | re.DOTALL))


@pytest.mark.skipif(not shutil.which('systemd-analyze'), reason='systemd-analyze is not here')
def test_systemd_units(tmp_path):
    """systemd takes the units of the documentation."""
    assert units().keys() == {'internal-events.service', 'internal-events-once.service', 'internal-events-once.timer'}
    for name, text in units().items():
        assert name.endswith('.timer') or '/usr/local/bin/internal-events' in text
        (tmp_path / name).write_text(text.replace('/usr/local/bin/internal-events', str(COMMAND)))
    checked = subprocess.run(['systemd-analyze', 'verify', *sorted(tmp_path.iterdir())], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
    assert (checked.returncode, checked.stdout) == (0, '')
