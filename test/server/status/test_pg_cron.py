"""The jobs, with the real pg_cron, in both ways in which it runs them: as a client of its server, and as a part of it."""

import contextlib
import re

import pytest

from cluster import Cluster, wait_until
from collector import Collector
from forwarding import expect_all, forward_to, forwarder, is_under_way, logged
from pings import activity, build, configure, deliver_to, ping, sending, state
from receiver import Receiver, after_release, answer
from support import SECONDS, load_event, one, session, sqlstate

SETTINGS = {'shared_preload_libraries': 'pg_cron', 'cron.database_name': 'scheduled', 'max_worker_processes': '20'}
CLUSTER = {'conf': {**SETTINGS, 'cron.use_background_workers': 'on'}}
ALWAYS = ['internal_events maintenance', 'internal_events rollup']
PING = 'internal_events service ping'
LATE = 'internal_events late service ping'
DELIVERY = 'internal_events delivery'
FORWARDING = 'internal_events forwarding'
JOB_COMMANDS = {'internal_events rollup': 'SELECT internal_events.rollup(wait => false)',
                PING: 'CALL internal_events.build_service_ping()',
                DELIVERY: 'CALL internal_events.send_service_pings()',
                FORWARDING: 'CALL internal_events.forward_events()'}
# A job runs at the next full minute.
A_MINUTE = 75


def make_scheduled(cluster):
    """Makes the database of pg_cron, with both extensions and an admin."""
    database = cluster.createdb('scheduled')
    database.psql('''
        CREATE EXTENSION pg_cron;
        CREATE EXTENSION internal_events CASCADE;
        CREATE ROLE admin LOGIN IN ROLE internal_events_admin;
        GRANT USAGE ON SCHEMA cron TO admin''')
    load_event(database, 'opened')
    return database


@pytest.fixture(scope='module')
def scheduled(cluster):
    """The database of pg_cron, with both extensions and an admin."""
    return make_scheduled(cluster)


@pytest.fixture
def unscheduled(scheduled):
    """The same without any job, and with the settings that it was made with."""
    yield scheduled
    scheduled.psql('ALTER DATABASE scheduled RESET ALL; SELECT internal_events.unschedule_jobs()')


def jobs(database):
    """Returns the names of the registered jobs."""
    return sorted(database.psql("SELECT jobname FROM cron.job WHERE jobname LIKE 'internal%'").splitlines())


def test_jobs_come_and_go(unscheduled):
    """schedule_jobs() registers the jobs, again without a second copy; unschedule_jobs() removes them."""
    for _ in range(2):
        output = unscheduled.psql('SELECT job, schedule, command FROM internal_events.schedule_jobs()')
        assert 'internal_events rollup|* * * * *|' in output
        assert jobs(unscheduled) == sorted([*ALWAYS, PING, LATE])
    assert sorted(unscheduled.psql('SELECT internal_events.unschedule_jobs()').splitlines()) == sorted([*ALWAYS, PING, LATE])
    assert jobs(unscheduled) == []
    assert unscheduled.psql('SELECT internal_events.unschedule_jobs()') == ''


def test_jobs_follow_the_settings(unscheduled):
    """Without a URL there is no job that sends, with building off none that builds; what was there before is removed."""
    expected = {('on', False): [PING, LATE], ('on', True): [PING, LATE, DELIVERY], ('off', True): [DELIVERY], ('off', False): []}
    for (building, has_url), wanted in expected.items():
        configure(unscheduled, service_ping_building=building, service_ping_url='http://127.0.0.1:9' if has_url else '')
        output = unscheduled.psql('SELECT job FROM internal_events.schedule_jobs()', role='admin')
        assert jobs(unscheduled) == sorted(output.splitlines()) == sorted([*ALWAYS, *wanted])
    assert unscheduled.psql("SELECT DISTINCT username FROM cron.job WHERE jobname LIKE 'internal%'") == 'admin'


def test_forwarding_job_follows_the_settings(unscheduled):
    """Events are forwarded each minute where there is a collector, and no more where there is none."""
    for url in ('http://127.0.0.1:9', '', 'http://127.0.0.1:9'):
        configure(unscheduled, snowplow_collector_url=url)
        unscheduled.psql('SELECT * FROM internal_events.schedule_jobs()', role='admin')
        assert (FORWARDING in jobs(unscheduled)) == bool(url)
    assert unscheduled.psql(f"SELECT schedule, command FROM cron.job WHERE jobname = '{FORWARDING}'") \
        == '* * * * *|CALL internal_events.forward_events()'
    assert FORWARDING in unscheduled.psql('SELECT internal_events.unschedule_jobs()')


def test_when_pings_are_built(unscheduled):
    """Minute, hour and weekday follow from the installation's id: the same each time, others for another one."""
    configure(unscheduled, service_ping_url='http://127.0.0.1:9')
    seen = set()
    with session(unscheduled) as cursor:
        for _ in range(40):
            schedules = []
            for _again in range(2):
                cursor.execute('SELECT job, schedule FROM internal_events.jobs()')
                schedules.append(dict(cursor.fetchall()))
            assert schedules[0] == schedules[1]
            weekly = re.fullmatch(r'(\d+) (\d+) \* \* (\d)', schedules[0][PING])
            minute, hour, weekday = map(int, weekly.groups())
            assert 0 <= minute <= 59 and 0 <= hour <= 23 and 1 <= weekday <= 6
            # A missed tick is made up for on each later day of the ISO week, whose last day is Sunday.
            days = '0' if weekday == 6 else f'{weekday + 1}-6,0'
            assert schedules[0][LATE] == f'{minute} {hour} * * {days}'
            hourly = re.fullmatch(r'(\d+) \* \* \* \*', schedules[0][DELIVERY])
            assert 0 <= int(hourly[1]) <= 59
            seen.add((minute, hour, weekday))
            one(cursor, 'SELECT internal_events.reset_instance_uuid()')
        # pg_cron takes them.
        cursor.execute('SELECT * FROM internal_events.schedule_jobs()')
    assert len(seen) > 35
    assert all(len({each[part] for each in seen}) > 4 for part in range(3))


def test_databases_differ(cluster):
    """Installations do not all call at the same time, even if they came from the same script in the same second."""
    when = set()
    for name in ('first', 'second', 'third'):
        database = cluster.createdb(name)
        database.psql('CREATE EXTENSION internal_events CASCADE')
        when.add(database.psql(f"SELECT schedule FROM internal_events.jobs() WHERE job = '{PING}'"))
        cluster.psql(f'DROP DATABASE {name}')
    # One pair in ten thousand shares its minute of the week.
    assert len(when) > 1


def test_other_jobs_stay(scheduled):
    """unschedule_jobs() leaves alone what it did not register."""
    scheduled.psql("SELECT cron.schedule('internal_eventsX', '0 0 1 1 *', 'SELECT 1'); "
                   'SELECT internal_events.schedule_jobs(); SELECT internal_events.unschedule_jobs()')
    assert jobs(scheduled) == ['internal_eventsX']
    scheduled.psql("SELECT cron.unschedule('internal_eventsX')")


@pytest.fixture
def both(scheduled):
    """The databases of two clusters, by the way in which pg_cron runs jobs there: as a worker or as a client."""
    with Cluster(name='test_pg_cron_client', conf={**SETTINGS, 'cron.use_background_workers': 'off'}) as client:
        yield {'worker': scheduled, 'client': make_scheduled(client)}


def prepare(database, receiver, collector):
    """Gives the jobs something to do in the next minute, with an admin's rights; returns the ping that is due."""
    forward_to(database, collector, http_connect_timeout='1s')
    deliver_to(database, receiver.url, http_timeout='60s')
    assert database.psql("SELECT count(*) FROM generate_series(1, 7) WHERE track_event('opened')") == '7'
    # The ping of another week, so that the job that builds has this week's to do.
    configure(database, as_of='2026-01-05')
    number = build(database)
    database.psql(f'ALTER DATABASE {database.name} RESET internal_events.as_of')
    with session(database, user='admin') as cursor:
        cursor.execute('SELECT * FROM internal_events.schedule_jobs()')
        for job, command in JOB_COMMANDS.items():
            cursor.execute("SELECT cron.schedule(%s, '* * * * *', %s)", (job, command))
    return number


def runs(database):
    """Returns how the jobs ended that are looked at here, one line each."""
    commands = ', '.join(f"'{command}'" for command in JOB_COMMANDS.values())
    return database.psql('SELECT DISTINCT username, status, command FROM cron.job_run_details '
                         f"WHERE command IN ({commands}) AND status NOT IN ('starting', 'running', 'connecting', 'sending')")


def has_done_all(database):
    """Says whether each job has ended with success."""
    return len([line for line in runs(database).splitlines() if line.startswith('admin|succeeded|')]) == len(JOB_COMMANDS)


def expect_no_transaction(database, kind):
    """Asserts that the jobs which wait for the network, processes of this kind, are in no transaction and hold nothing."""
    (pid,) = sending(database)
    with session(database) as observer:
        for waiting in (pid, forwarder(database)):
            assert activity(observer, waiting) == (None, None, 0)
            assert one(observer, 'SELECT usename, backend_type, xact_start FROM pg_stat_activity WHERE pid = %s', (waiting,)) \
                == ('admin', kind, None)


def test_jobs_run(both):
    """In both ways jobs roll up, build, send and forward, with the rights of who registered them; none holds anything."""
    with Receiver() as receiver, Collector() as collector, contextlib.ExitStack() as cleanup:
        receiver.tell(after_release(answer(201)))
        collector.faults({'fault': 'hang', 'times': 2})
        numbers = {}
        for way, database in both.items():
            cleanup.callback(database.psql, 'SELECT internal_events.unschedule_jobs(); ALTER DATABASE scheduled RESET ALL')
            numbers[way] = prepare(database, receiver, collector)
        assert receiver.wait_for(2, A_MINUTE), {way: runs(database) for way, database in both.items()}
        assert is_under_way(collector, 2)
        expect_no_transaction(both['worker'], 'pg_cron')
        expect_no_transaction(both['client'], 'client backend')
        receiver.release()
        collector.clear_faults()
        for way, database in both.items():
            assert wait_until(lambda here=database: has_done_all(here), SECONDS), (way, runs(database))
            assert database.psql('SELECT rolled_up FROM internal_events.check_consistency()') == '7'
            assert state(database, numbers[way]) == ('sent', 1, False)
            built = ping(database, numbers[way] + 1)
            assert built.payload['uuid'] == ping(database, numbers[way]).payload['uuid']
            assert not built.forced and built.status in ('built', 'sent')
        expect_all(collector, set().union(*map(logged, both.values())))
        assert jobs(both['client']) == sorted([*ALWAYS, PING, LATE, DELIVERY, FORWARDING])
    assert all(jobs(database) == [] for database in both.values())


@pytest.mark.parametrize('call', ['schedule_jobs', 'unschedule_jobs'])
def test_without_pg_cron(db, call):
    """In a database without pg_cron the error says so and what to do."""
    output = db.psql(f'SELECT internal_events.{call}()', check=False)
    assert 'ERROR:  pg_cron is not installed in database "test"' in output
    assert 'HINT:  CREATE EXTENSION pg_cron here.' in output
    with session(db) as cursor:
        assert sqlstate(cursor, f'SELECT internal_events.{call}()') == '42704'
