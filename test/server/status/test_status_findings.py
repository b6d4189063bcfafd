"""What of the extension itself needs a hand: `internal-events status` finds it, and its remedy mends it."""

import contextlib

from cluster import wait_until
from findings import WITH_PG_CRON, expect, expect_well, findings, mend
from support import SECONDS, VERSION, ends, in_thread, one, rollup, session, sqlstate, track_in_week, waits_for_lock

CLUSTER = WITH_PG_CRON


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


def test_rollup_that_does_not_get_on(here):
    """A rollup that waits for something is named, and its remedy ends it."""
    soon = ['--patience=100ms', '--ignore=transaction_open']
    here.psql("SELECT track_event('opened')")
    with session(here, autocommit=False) as holding, session(here) as stuck:
        holding.execute("SELECT FROM internal_events.reader_locks WHERE name = 'rollup' FOR UPDATE")
        pid = stuck.connection.info.backend_pid
        thread, _ = in_thread(lambda: sqlstate(stuck, 'SELECT internal_events.rollup()'))
        assert wait_until(lambda: waits_for_lock(here, pid), SECONDS)
        assert wait_until(lambda: f'process {pid} has been at it' in findings(here, *soon).get('rollup_late', ('', ''))[1], SECONDS)
        remedy = expect(here, 'rollup_late', 'events wait: 1', options=soon)
        assert remedy.startswith(f'SELECT pg_cancel_backend({pid});\nSELECT internal_events.rollup();')
        here.psql(remedy.splitlines()[0])
        assert ends(thread)
    assert rollup(here) == 1


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
def update_from(cluster, version):
    """The server's disk has an update from a version that nobody has, to the current one."""
    folder = cluster.bindir.parents[3] / 'share/postgresql' / cluster.bindir.parent.name / 'extension'
    script = folder / f'internal_events--{version}--{VERSION}.sql'
    script.write_text('')
    try:
        yield
    finally:
        script.unlink()


def pretend(database, version):
    """Lets a database have another version of the extension; what is on the disk belongs to other tests too."""
    database.psql(f"UPDATE pg_extension SET extversion = '{version}' WHERE extname = 'internal_events'")


def test_versions(here):
    """A version that waits to be installed, one from which no update leads on, and a command of another one."""
    of_the_disk, of_the_command = ('--ignore=extension_mismatch',), ('--ignore=command_mismatch',)
    pretend(here, '0.0.1')
    expect(here, 'extension_mismatch', 'version 0.0.1', VERSION, options=of_the_command)
    with update_from(here.cluster, '0.0.2'):
        pretend(here, '0.0.2')
        here.psql(expect(here, 'extension_outdated', 'version 0.0.2', VERSION, options=of_the_command))
    expect_well(here)
    pretend(here, '99.0')
    expect(here, 'command_mismatch', f'This command is version {VERSION}, the extension 99.0', options=of_the_disk)
    expect_well(here, *of_the_command, *of_the_disk)
