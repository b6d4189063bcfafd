"""`internal-events status`: what it says, in each form, and to whom."""

import re
import subprocess

from command import run, run_json
from findings import JOBS, WITH_PG_CRON, expect_well, findings
from pings import configure, deliver_to
from support import CHECKOUT, VERSION

CLUSTER = WITH_PG_CRON
FACTS = {'ok', 'findings', 'checked_at', 'database', 'is_standby', 'versions', 'settings', 'definitions', 'log', 'readers',
         'transactions', 'scheduler', 'jobs', 'service_pings', 'forwarding'}


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
    sources = [*(CHECKOUT / 'sql/status').glob('findings_of_*.sql'), CHECKOUT / 'src/cli/status.cpp']
    text = ' '.join(path.read_text() for path in sources)
    codes = set(re.findall(r"""['"]([a-z]+(?:_[a-z]+)+|restoring)['"],\s+(?:['"](?:error|warning)['"]|Failure|error)""", text))
    codes |= set(re.findall(r"(?:THEN|ELSE) '((?:as_of|tracking|transaction|slot|delivery)_\w+)'", text))
    table = (CHECKOUT / 'docs/command.md').read_text().split('### What needs a hand')[1].split('###')[0]
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
    for patience in ('soon', '99999999999 years'):
        assert 'Write --patience as an interval' in run('status', '--patience', patience, database=db, status=2).stderr
