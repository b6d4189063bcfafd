"""The jobs, with the real pg_cron."""

import pytest

from cluster import wait_until
from support import load_event, session, sqlstate

# It would connect as a client otherwise; one of its two ways is enough for us.
CLUSTER = {'conf': {'shared_preload_libraries': 'pg_cron', 'cron.database_name': 'scheduled',
                    'cron.use_background_workers': 'on', 'max_worker_processes': '20'}}
JOBS = ['internal_events maintenance', 'internal_events rollup']


@pytest.fixture(scope='module')
def scheduled(cluster):
    """The database of pg_cron, with both extensions and an admin."""
    database = cluster.createdb('scheduled')
    database.psql('''
        CREATE EXTENSION pg_cron;
        CREATE EXTENSION internal_events CASCADE;
        CREATE ROLE admin LOGIN IN ROLE internal_events_admin;
        GRANT USAGE ON SCHEMA cron TO admin''')
    load_event(database, 'opened')
    return database


def jobs(database):
    """Returns the names of the registered jobs."""
    return sorted(database.psql("SELECT jobname FROM cron.job WHERE jobname LIKE 'internal%'").splitlines())


def test_jobs_come_and_go(scheduled):
    """schedule_jobs() registers rollup and maintenance, again without a second copy; unschedule_jobs() removes them."""
    for _ in range(2):
        output = scheduled.psql('SELECT job, schedule, command FROM internal_events.schedule_jobs()')
        assert 'internal_events rollup|* * * * *|' in output
        assert jobs(scheduled) == JOBS
    assert sorted(scheduled.psql('SELECT internal_events.unschedule_jobs()').splitlines()) == JOBS
    assert jobs(scheduled) == []
    assert scheduled.psql('SELECT internal_events.unschedule_jobs()') == ''


def test_other_jobs_stay(scheduled):
    """unschedule_jobs() leaves alone what it did not register."""
    scheduled.psql("SELECT cron.schedule('internal_eventsX', '0 0 1 1 *', 'SELECT 1'); "
                   'SELECT internal_events.schedule_jobs(); SELECT internal_events.unschedule_jobs()')
    assert jobs(scheduled) == ['internal_eventsX']
    scheduled.psql("SELECT cron.unschedule('internal_eventsX')")


def test_rollup_job_runs(scheduled):
    """A job that an admin registered rolls events up at the next full minute, with the admin's rights."""
    scheduled.psql('SELECT internal_events.schedule_jobs()', role='admin')
    try:
        assert scheduled.psql("SELECT count(*) FROM generate_series(1, 7) WHERE track_event('opened')") == '7'
        rolled_up = 'SELECT rolled_up FROM internal_events.check_consistency()'
        assert wait_until(lambda: scheduled.psql(rolled_up) == '7', 130), \
            scheduled.psql('SELECT status, return_message, command FROM cron.job_run_details')
        ran = "SELECT DISTINCT username, status FROM cron.job_run_details WHERE command LIKE '%rollup%'"
        assert wait_until(lambda: scheduled.psql(ran) == 'admin|succeeded', 20), scheduled.psql(ran)
    finally:
        scheduled.psql('SELECT internal_events.unschedule_jobs()', role='admin')
    assert jobs(scheduled) == []


@pytest.mark.parametrize('call', ['schedule_jobs', 'unschedule_jobs'])
def test_without_pg_cron(db, call):
    """In a database without pg_cron the error says so and what to do."""
    output = db.psql(f'SELECT internal_events.{call}()', check=False)
    assert 'ERROR:  pg_cron is not installed in database "test"' in output
    assert 'HINT:  CREATE EXTENSION pg_cron here.' in output
    with session(db) as cursor:
        assert sqlstate(cursor, f'SELECT internal_events.{call}()') == '42704'
