"""`internal-events status`: what it says of an installation that is well, and of each thing that needs a hand."""

import contextlib
import re
import subprocess

import pytest

from cluster import wait_until
from command import TOP, run, run_json
from forwarding import forward, forward_to, lose_patience
from pings import build, configure, deliver_to, fail_a_build, send
from receiver import answer
from support import load_event, metric_yaml, one, rollup, session, track_in_week

# pg_cron lives in a database of its own, as in a cluster with several that have the extension.
CLUSTER = {'conf': {'shared_preload_libraries': 'pg_cron', 'cron.database_name': 'home', 'cron.use_background_workers': 'on'}}
VERSION = re.search(r"default_version = '([^']+)'", (TOP / 'control/internal_events.control').read_text())[1]
JOBS = ['rollup', 'maintenance', 'service ping', 'late service ping']
FACTS = {'ok', 'findings', 'checked_at', 'database', 'is_standby', 'versions', 'settings', 'definitions', 'log', 'readers',
         'transactions', 'scheduler', 'jobs', 'service_pings', 'forwarding'}
REFUSALS = {404: 'forwarding_paused', 503: 'forwarding_failing'}


@pytest.fixture(name='home', scope='module')
def fixture_home(cluster, template):
    """The database of pg_cron, which has the extension too, with its jobs and an event."""
    home = cluster.createdb('home', template)
    home.psql('CREATE EXTENSION pg_cron; SELECT internal_events.schedule_jobs()')
    load_event(home, 'opened')
    assert rollup(home) == 0
    launcher = "SELECT FROM pg_stat_activity WHERE backend_type = 'pg_cron launcher'"
    assert wait_until(lambda: home.psql(f'SELECT EXISTS ({launcher})') == 't', 10)
    return home


@pytest.fixture(name='fresh')
def fixture_fresh(db, home):
    """A database of which pg_cron does not know."""
    yield db
    home.psql("DELETE FROM cron.job WHERE database = 'test'")


@pytest.fixture(name='here')
def fixture_here(fresh):
    """Another database, whose jobs something else than pg_cron runs; nothing in it needs a hand."""
    load_event(fresh, 'opened')
    assert rollup(fresh) == 0
    return fresh


def findings(database, *options, **kw):
    """Returns what needs a hand: {code: (severity, message, remedy)}."""
    report = run_json('status', '-d', database.dsn(), *options, status=None, **kw)
    found = {each['code']: (each['severity'], each['message'], each['remedy']) for each in report['findings']}
    assert report['ok'] == (not found)
    return found


def expect(database, code, *words, options=()):
    """Asserts that exactly this needs a hand, in these words, and that the exit status says so; returns the remedy."""
    ran = run('status', '-d', database.dsn(), *options, status=1)
    found = findings(database, *options)
    assert set(found) == {code}, found
    severity, message, remedy = found[code]
    assert all(word in message for word in words), message
    assert remedy
    shown = ' '.join(ran.stdout.split())
    assert f'{severity}: ' in shown and f'({code})' in shown and ' '.join(remedy.split()) in shown
    return remedy


def expect_well(database, *options):
    """Asserts that nothing needs a hand."""
    assert findings(database, *options) == {}
    run('status', '-d', database.dsn(), *options)


def mend(database, code, *words, options=()):
    """Asserts that this needs a hand, runs the remedy as it stands, and asserts that all is well afterwards."""
    database.psql(expect(database, code, *words, options=options))
    expect_well(database, *options)


def test_all_is_well(home):
    """One screen of 24 lines of 80 columns, with every part; exit status 0."""
    home.psql("SELECT track_event('opened')")
    screen = run('status', database=home).stdout
    lines = screen.splitlines()
    assert lines[0].startswith('database "home" on /') and lines[0].endswith(': all is well')
    for part in ('Versions      command ' + VERSION, 'Settings      tracking on', 'Definitions   1 event; 11 metrics: 11 active',
                 'Log           ', 'Rollup        ran ', '; 1 event waits', 'Forwarding    off', 'Service Ping  none yet',
                 'Scheduler     pg_cron in database "home", running'):
        assert part in screen
    assert [line.split('  ')[0] for line in lines[-4:]] == JOBS
    assert len(lines) < 24 and max(map(len, lines)) <= 80


def test_json(home):
    """Every part is there; SQL says the same as the command."""
    report = run_json('status', database=home)
    assert list(report)[:4] == ['ok', 'findings', 'checked_at', 'database'] and set(report) == FACTS
    assert report['ok'] is True and report['findings'] == [] and report['is_standby'] is False
    assert report['versions']['command'] == report['versions']['extension'] == report['versions']['on_disk'] == VERSION
    assert [reader['name'] for reader in report['readers']] == ['rollup']
    assert [job['job'] for job in report['jobs'] if job['registered']] \
        == [f'internal_events {name}' for name in JOBS]
    assert report['log']['partitions'] == 3 and report['definitions']['metrics'] == {'active': 11}
    assert set(home.psql('SELECT jsonb_object_keys(internal_events.status())').split()) == FACTS


def test_documented():
    """docs/command.md names every finding, and no other."""
    sources = [*(TOP / 'sql/functions').glob('findings_of_*.sql'), TOP / 'src/cli/status.cpp']
    text = ' '.join(path.read_text() for path in sources)
    codes = set(re.findall(r"""['"]([a-z]+(?:_[a-z]+)+|restoring)['"],\s+(?:['"](?:error|warning)['"]|Failure|error)""", text))
    codes |= {'not_connected'} | set(re.findall(r"(?:THEN|ELSE) '((?:as_of|tracking|transaction|slot|delivery)_\w+)'", text))
    table = (TOP / 'docs/command.md').read_text().split('### What needs a hand')[1].split('###')[0]
    assert codes == set(re.findall(r'`([a-z_]+)`', ' '.join(re.findall(r'^\| (`[a-z_`, ]+) \|', table, re.MULTILINE))))


def test_prometheus(here):
    """What it prints for Prometheus passes the check of Prometheus's own tool."""
    here.psql("ALTER DATABASE test SET internal_events.enabled = off; SELECT track_event('opened')")
    printed = run('status', '--format=prometheus', database=here, status=1).stdout
    checked = subprocess.run(['promtool', 'check', 'metrics'], input=printed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert 'internal_events_ok{database="test"} 0\n' in printed
    assert 'internal_events_finding{database="test",code="tracking_off",severity="warning"} 1\n' in printed
    assert re.search(r'^internal_events_reader_unread_events{database="test",reader="rollup"} 1$', printed, re.MULTILINE)


def test_ignored(here):
    """A finding that is known can be left out; others stay."""
    here.psql("ALTER DATABASE test SET internal_events.enabled = off; ALTER DATABASE test SET internal_events.as_of = '2026-01-05'")
    assert set(findings(here)) == {'tracking_off', 'as_of_set'}
    assert set(findings(here, '--ignore=tracking_off')) == {'as_of_set'}
    expect_well(here, '--ignore', 'tracking_off', '--ignore', 'as_of_set')


def test_fresh(home, fresh):
    """After CREATE EXTENSION it says what is left to do, where pg_cron is in another database."""
    mend(fresh, 'rollup_idle', 'never run')
    assert home.psql("SELECT jobname FROM cron.job WHERE database = 'test' ORDER BY jobid").splitlines() \
        == [f'internal_events {name} test' for name in JOBS]
    assert 'late service ping test' in run('status', database=fresh).stdout


def test_settings_of_others(here, roles):  # pylint: disable=unused-argument
    """Settings of a role or a database are found, though the session that asks has others."""
    here.psql("ALTER ROLE writer SET internal_events.enabled = 'no'")
    mend(here, 'tracking_off', 'for role writer')
    here.psql("ALTER ROLE writer IN DATABASE test SET internal_events.as_of = '2026-01-05'")
    mend(here, 'as_of_set', 'for role writer in database test', '2026-01-05')
    here.psql("ALTER DATABASE test SET internal_events.enabled = 'off'")
    mend(here, 'tracking_off', 'in database test')


def test_rollup(here):
    """Late is what nobody has read for longer than the patience, not what a rollup reads soon."""
    here.psql("SELECT track_event('opened'); UPDATE internal_events.readers SET read_at = now() - interval '50 minutes'")
    expect_well(here)
    expect(here, 'rollup_late', 'has not run for 50 minutes', 'events wait: 1', options=['--patience=40min'])
    here.psql("UPDATE internal_events.readers SET read_at = now() - interval '3 hours'")
    mend(here, 'rollup_late', 'has not run for 3 hours')
    here.psql("UPDATE internal_events.readers SET read_at = now() - interval '3 days'")
    expect(here, 'rollup_idle', 'has not run for 3 days')


def test_reader_ahead(here):
    """A position of another copy of the cluster."""
    here.psql("UPDATE internal_events.readers SET snapshot = '9999999999:9999999999:'")
    expect(here, 'reader_ahead', '"rollup" is ahead')


def test_restoring(here):
    """Half of a dump is here: events of another cluster, and no word of who has read them."""
    here.psql("SELECT track_event('opened'); UPDATE internal_events.events SET cluster_id = 7; DELETE FROM internal_events.readers")
    assert findings(here)['restoring'][0] == 'warning'


def test_maintenance(here):
    """Next week has no partition; events of past weeks wait in the default partition; old weeks were not dropped."""
    here.psql("DO $$ DECLARE p regclass; BEGIN FOR p IN SELECT partition FROM internal_events.partition_weeks() OFFSET 1 LOOP "
              "EXECUTE 'DROP TABLE ' || p; END LOOP; END $$")
    mend(here, 'maintenance_late', 'not prepared for next week')
    here.psql("INSERT INTO internal_events.events_default SELECT 3, gen_random_uuid(), d.id, internal_events.cluster_id(), "
              "now() - interval '20 days', NULL, 1, NULL, NULL, true FROM internal_events.event_definitions d")
    mend(here, 'default_partition', 'in the default partition: 1')
    here.psql('CREATE TABLE shadow (event text, user_id bigint, value bigint, day date)')
    track_in_week(here, '2020-01-06', 5)
    mend(here, 'partitions_overdue', '(90d)', ': 1, from 2020-01-06 on')


def test_transactions(here):
    """A transaction that stays open, or prepared, delays what it has tracked."""
    soon = ['--patience=100ms', '--ignore=rollup_idle', '--ignore=rollup_late']
    with session(here, autocommit=False) as cursor:
        one(cursor, "SELECT track_event('opened')")
        expect_well(here)
        assert wait_until(lambda: findings(here, *soon), 5)
        remedy = expect(here, 'transaction_open', 'of user postgres', options=soon)
        assert remedy == f'SELECT pg_terminate_backend({cursor.connection.info.backend_pid});'
        cursor.execute("PREPARE TRANSACTION 'forgotten'")
    assert wait_until(lambda: findings(here, *soon), 5)
    here.psql(expect(here, 'transaction_prepared', '"forgotten"', options=soon))
    assert rollup(here) == 1
    expect_well(here)


def test_metrics(here):
    """Metrics of a table that is not there yet, or not any more."""
    yaml = ('{"key_path": "counts.things", "description": "d", "value_type": "number", "status": "active", "time_frame": "all", '
            '"data_source": "database", "instrumentation": {"kind": "database", "operation": "count", "relation": "public.things"}}')
    load = f'SELECT internal_events.load_metric_definition($yaml${yaml}$yaml$)'
    here.psql(load)
    expect(here, 'metrics_not_available', 'counts.things: relation public.things does not exist')
    here.psql(f'CREATE TABLE things (id int PRIMARY KEY); {load}')
    expect_well(here)
    here.psql('DROP TABLE things CASCADE')
    remedy = expect(here, 'metric_views_missing', 'counts.things')
    here.psql(f'CREATE TABLE things (id int PRIMARY KEY); {remedy}')
    expect_well(here)


@contextlib.contextmanager
def on_disk(cluster, version, update=None):
    """The server's disk has another version, and maybe an update to it."""
    folder = cluster.bindir.parents[3] / 'share/postgresql' / cluster.bindir.parent.name / 'extension'
    control = folder / 'internal_events.control'
    script = folder / f'internal_events--{VERSION}--{update}.sql'
    before = control.read_text()
    try:
        control.write_text(before.replace(f"'{VERSION}'", f"'{version}'"))
        if update:
            script.write_text('')
        yield
    finally:
        control.write_text(before)
        script.unlink(missing_ok=True)


def test_versions(here):
    """A version that waits to be installed, and one that no update leads to."""
    with on_disk(here.cluster, '0.1.9'):
        expect(here, 'extension_mismatch', f'version {VERSION}', '0.1.9')
    with on_disk(here.cluster, '99.0', update='99.0'):
        here.psql(expect(here, 'extension_outdated', '99.0'))
        expect(here, 'command_mismatch', f'This command is version {VERSION}, the extension 99.0')
    expect_well(here, '--ignore=command_mismatch', '--ignore=extension_mismatch')


def test_service_ping_missing(here):
    """A week without a ping is noticed; that of an installation that is new is not missed."""
    expect_well(here)
    here.psql("UPDATE internal_events.instance SET created_at = now() - interval '30 days'")
    mend(here, 'ping_missing', 'no Service Ping of this week')


def test_service_ping_building(here):
    """A build that failed, one that nobody goes on with, and metrics that failed."""
    fail_a_build(here)
    expect(here, 'ping_failed', 'the disk of Graham is full')
    build(here)
    expect_well(here)
    with session(here) as cursor:
        cursor.execute('SELECT internal_events.begin_service_ping(true)')
    here.psql("UPDATE internal_events.service_pings SET recorded_at = now() - interval '2 hours' WHERE status = 'building'")
    assert 'begun 2 hours ago' in findings(here)['ping_unfinished'][1]
    build(here, force=True)
    yaml = metric_yaml('counts.broken').replace('"internal_events"', '"database"').replace(
        '"events": []', '"instrumentation": {"kind": "generic", "sql": "SELECT 1 / (SELECT count(*) FROM pg_class WHERE false)"}')
    here.psql(f'SELECT internal_events.load_metric_definition($yaml${yaml}$yaml$)')
    build(here, force=True)
    remedy = expect(here, 'ping_metrics_failed', ': 1')
    assert 'counts.broken|error|division by zero' in here.psql(remedy)


def test_service_ping_delivery(here, receiver):
    """A ping that nobody sends, and one that the receiver does not take."""
    deliver_to(here, receiver.url)
    build(here)
    expect_well(here)
    here.psql("UPDATE internal_events.service_pings SET next_attempt_at = now() - interval '5 hours'")
    mend(here, 'delivery_late', 'nobody has tried for 5 hours')
    receiver.tell(answer(500))
    build(here, force=True)
    send(here)
    receiver.tell(answer(201))
    mend(here, 'delivery_failed', 'answered with status 500')


def test_forwarding(here, collector):
    """Forwarding that nobody calls, that is refused for good or for now, and events that are not taken."""
    forward_to(here, collector)
    here.psql("SELECT track_event('opened')")
    assert rollup(here) == 1
    expect_well(here)
    here.psql("UPDATE internal_events.events SET tracked_at = tracked_at - interval '2 hours'")
    here.psql(expect(here, 'forwarding_late', 'Nobody forwards events', 'events wait: 1', 'for 2 hours').split('\n', maxsplit=1)[0])
    expect_well(here)
    assert '1 delivered' in run('status', database=here).stdout
    for code, finding in REFUSALS.items():
        collector.faults({'fault': 'status', 'status': code})
        here.psql("SELECT track_event('opened'); SELECT internal_events.rollup()")
        lose_patience(here)
        forward(here)
        here.psql("UPDATE internal_events.forwarding SET last_delivery_at = now() - interval '2 hours'")
        remedy = expect(here, finding, f'status {code}', 'events wait: 1')
        collector.clear_faults()
        here.psql(remedy)
        expect_well(here)


def test_forwarding_failures(here, collector):
    """Events that can never be sent as they are, and settings with which none can."""
    forward_to(here, collector)
    here.psql("INSERT INTO internal_events.forwarding_failures (event_id, event_definition_id, reason) "
              "VALUES (gen_random_uuid(), 1, 'too long')")
    expect(here, 'forwarding_failures', ': 1', 'too long')
    here.psql('SELECT internal_events.discard_forwarding_failures()')
    configure(here, snowplow_app_id='a' * 300)
    assert 'the settings of Snowplow make every event wrong' in findings(here)['forwarding_misconfigured'][1]


def test_roles(here, roles):  # pylint: disable=unused-argument
    """An admin sees all but pg_cron elsewhere, others are told what to ask for; the one function is enough."""
    admin = {'env': {'PGUSER': 'admin'}}
    (finding,) = run_json('status', database=here, status=1, **admin)['findings']
    assert finding['code'] == 'jobs_unknown' and 'permission denied for schema cron' in finding['message']
    here.psql(finding['remedy'])
    assert run_json('status', database=here, **admin)['ok']
    for role in ('reader', 'writer', 'nobody'):
        ran = run('status', database=here, env={'PGUSER': role}, status=1)
        assert 'permission denied' in ran.stderr and f'GRANT internal_events_admin TO {role}' in ran.stderr
        assert run_json('status', database=here, env={'PGUSER': role}, status=1)['findings'][0]['code'] == 'not_permitted'
    here.psql('GRANT USAGE ON SCHEMA internal_events TO nobody; '
              'GRANT EXECUTE ON FUNCTION internal_events.status(jsonb, interval) TO nobody')
    assert run_json('status', '--ignore=jobs_unknown', database=here, env={'PGUSER': 'nobody'})['ok']


def test_no_secret(here, receiver):
    """What addresses hold is not shown."""
    deliver_to(here, receiver.url.replace('http://', 'http://me:hidden@'))
    configure(here, snowplow_collector_url='http://me:hidden@127.0.0.1:9', snowplow_secret='hidden')
    for form in ('text', 'json', 'prometheus'):
        ran = run('status', f'--format={form}', database=here, status=None)
        assert ran.stdout and 'hidden' not in ran.stdout + ran.stderr
    ran = run('status', '--json', '-d', 'host=/nowhere password=hidden', status=1)
    assert 'hidden' not in ran.stdout + ran.stderr


def test_unanswered(cluster, db):
    """No server, no database, no extension, one without status(): exit status 1, and a finding for scripts."""
    bare = cluster.createdb('bare')
    old = cluster.createdb('old')
    old.psql('CREATE EXTENSION hll; CREATE EXTENSION internal_events; '
             'ALTER EXTENSION internal_events DROP FUNCTION internal_events.status; DROP FUNCTION internal_events.status')
    cases = {'not_connected': 'host=/nowhere', 'not_installed': bare.dsn(), 'extension_outdated': old.dsn()}
    for code, dsn in cases.items():
        report = run_json('status', '-d', dsn, status=1)
        assert report['ok'] is False and [finding['code'] for finding in report['findings']] == [code]
        ran = run('status', '-d', dsn, status=1)
        assert not ran.stdout and 'Remedy: ' in ran.stderr
        assert 'internal_events_ok{database=""} 0' in run('status', '--format=prometheus', '-d', dsn, status=1).stdout
    for database in (bare, old):
        cluster.psql(f'DROP DATABASE {database.name}')
    assert run('status', '--patience=soon', database=db, status=2).stderr


# What is wrong with a job, how it comes about in pg_cron's own tables, and what is said of it.
RUN = "INSERT INTO cron.job_run_details (jobid, runid, status, return_message, start_time, end_time) SELECT jobid, " \
      "nextval('cron.runid_seq'), {}, t, t FROM cron.job, LATERAL (SELECT now() {} AS t) x WHERE jobname = 'internal_events rollup'"
JOB_FAULTS = {
    'job_missing': ("SELECT cron.unschedule('internal_events maintenance')", '"internal_events maintenance" is not registered'),
    'job_inactive': ("UPDATE cron.job SET active = false WHERE jobname = 'internal_events rollup'", 'rollup" is not active'),
    'job_elsewhere': ("UPDATE cron.job SET database = 'gone' WHERE jobname = 'internal_events rollup'", 'in database "gone"'),
    'job_unwanted': ("SELECT cron.schedule('internal_events forwarding', '* * * * *', 'CALL internal_events.forward_events()')",
                     'forwarding" has nothing to do'),
    'job_failed': (RUN.format("'failed', 'ERROR: the disk of Graham is full'", ''), 'the disk of Graham is full'),
    'job_halted': (RUN.format("'succeeded', ''", "- interval '3 hours'"), 'not started the job "internal_events rollup" for 3 hours'),
    'clock_went_back': (RUN.format("'succeeded', ''", "+ interval '8 hours'"), 'ran in the future')}


@pytest.mark.parametrize('code', JOB_FAULTS)
def test_jobs(home, code):
    """pg_cron fails quietly: jobs that are half registered, halted, failing, or of a database that is gone."""
    provocation, words = JOB_FAULTS[code]
    rollup(home)
    expect_well(home)
    home.psql(provocation)
    home.psql(expect(home, code, words))
    # What runs were like is over with the next one, which may be a minute away.
    home.psql('TRUNCATE cron.job_run_details')
    expect_well(home)


def test_real_runs(home):
    """What pg_cron itself notes of runs: one that succeeds, and one that fails since its role lost what it needs."""
    home.psql("""
        CREATE ROLE operator LOGIN IN ROLE internal_events_admin;
        UPDATE cron.job SET username = 'operator' WHERE jobname = 'internal_events maintenance';
        UPDATE cron.job SET schedule = '* * * * *';
        REVOKE internal_events_admin FROM operator""")
    def runs():
        return {job['job']: job['registered'] for job in run_json('status', database=home, status=None)['jobs'] if job['registered']}
    assert wait_until(lambda: all(runs()[f'internal_events {name}']['last_status'] for name in ('rollup', 'maintenance')), 75)
    expect(home, 'job_failed', 'permission denied')
    assert runs()['internal_events rollup']['last_status'] == 'succeeded'
    assert re.search(r'^rollup +\S.* seconds? ago  +succeeded$', run('status', database=home, status=1).stdout, re.MULTILINE)
    home.psql('SELECT cron.unschedule(jobid) FROM cron.job; SELECT internal_events.schedule_jobs(); DROP ROLE operator')
    expect_well(home)


def test_standby(cluster, home):
    """A standby is looked at as its primary is; what mends it is for the primary. A slot without its standby is found."""
    cluster.psql("SELECT pg_create_physical_replication_slot('replica')")
    with cluster.standby(conf={'primary_slot_name': 'replica', 'hot_standby_feedback': 'on', 'wal_receiver_status_interval': '1s'}) as running:
        standby = type(home)(running, home.name)
        assert run('status', database=standby).stdout.splitlines()[0].endswith(', a standby: all is well')
        home.psql('ALTER DATABASE home SET internal_events.enabled = off')
        assert wait_until(lambda: findings(standby), 10)
        assert expect(standby, 'tracking_off').startswith('-- On the primary:\n')
        home.psql('ALTER DATABASE home RESET internal_events.enabled')
        assert wait_until(lambda: home.psql('SELECT xmin IS NOT NULL FROM pg_replication_slots') == 't', 10)
    mend(home, 'slot_idle', '"replica"')


def test_pg_cron_itself(cluster, home):
    """pg_cron that the server does not load, or that looks into another database."""
    with restarted(cluster, 'shared_preload_libraries', 'plpgsql'):
        assert 'shared_preload_libraries' in expect(home, 'pg_cron_not_running')
    with restarted(cluster, 'cron.database_name', 'postgres'):
        assert set(findings(home)) == {'pg_cron_elsewhere', 'jobs_unknown'}
    assert wait_until(lambda: not findings(home), 10)


@contextlib.contextmanager
def restarted(cluster, setting, value):
    """The server with another setting, after a restart."""
    try:
        cluster.psql(f"ALTER SYSTEM SET {setting} = '{value}'")
        cluster.restart()
        yield
    finally:
        cluster.psql(f'ALTER SYSTEM RESET {setting}')
        cluster.restart()
