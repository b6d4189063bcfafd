"""What of pg_cron and its jobs needs a hand: `internal-events status` finds it, and its remedy mends it."""

import contextlib
import re

import pytest

from cluster import wait_until
from command import run, run_json
from findings import JOBS, WITH_PG_CRON, expect, expect_well, findings, mend
from support import SECONDS, rollup

CLUSTER = WITH_PG_CRON
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


def test_fresh(home, fresh):
    """After CREATE EXTENSION it says what is left to do, where pg_cron is in another database."""
    mend(fresh, 'rollup_idle', 'never run')
    assert home.psql("SELECT jobname FROM cron.job WHERE database = 'test' ORDER BY jobid").splitlines() \
        == [f'internal_events {name} test' for name in JOBS]
    assert 'late service ping test' in run('status', database=fresh).stdout


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


def test_real_runs(cluster, home):
    """What pg_cron itself notes of runs: one that succeeds, and one that fails since its role lost what it needs."""
    # A minute passes before pg_cron runs anything by the clock; what is for @reboot it runs when the server starts.
    home.psql("""
        CREATE ROLE operator LOGIN IN ROLE internal_events_admin;
        UPDATE cron.job SET username = 'operator' WHERE jobname = 'internal_events maintenance';
        UPDATE cron.job SET schedule = '@reboot';
        REVOKE internal_events_admin FROM operator""")
    cluster.restart()
    def runs():
        return {job['job']: job['registered'] for job in run_json('status', database=home, status=None)['jobs'] if job['registered']}
    assert wait_until(lambda: all(runs()[f'internal_events {name}']['last_status'] for name in ('rollup', 'maintenance')), SECONDS)
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


def test_pg_cron_itself(cluster, home):
    """pg_cron that the server does not load, or that looks into another database."""
    with restarted(cluster, 'shared_preload_libraries', 'plpgsql'):
        assert 'shared_preload_libraries' in expect(home, 'pg_cron_not_running')
    with restarted(cluster, 'cron.database_name', 'postgres'):
        assert set(findings(home)) == {'pg_cron_elsewhere', 'jobs_unknown'}
    assert wait_until(lambda: not findings(home), 10)
