"""Events survive pg_dump, pg_restore, pg_upgrade and copies of databases: none is lost, none counts twice."""

import subprocess

import pytest

from cluster import Cluster, Database
from copies import drop_copy, dump_and_restore
from support import (EVENTS, burn_transaction_ids, compare, define, load_event, load_metric, program, rollup, session,
                     track, track_in_week, track_some)

OLD_MONDAY = '2020-01-06'


@pytest.fixture(scope='module', autouse=True)
def _used_cluster(cluster):
    """The source's transaction ids are far from a new cluster's."""
    cluster.psql('CREATE ROLE dashboard LOGIN')
    burn_transaction_ids(Database(cluster, 'postgres'), 10000)


@pytest.fixture(scope='module')
def lower(cluster):  # pylint: disable=unused-argument
    """A new cluster whose transaction ids are lower than the source's."""
    with Cluster(name='lower') as running:
        running.psql('CREATE ROLE dashboard LOGIN')
        yield running


@pytest.fixture(scope='module')
def higher(cluster):  # pylint: disable=unused-argument
    """A new cluster whose transaction ids are higher than the source's."""
    with Cluster(name='higher') as running:
        running.psql('CREATE ROLE dashboard LOGIN')
        burn_transaction_ids(Database(running, 'postgres'), 60000)
        yield running


def fill(database):
    """Tracks events of which some are rolled up, some not, some gone with their partition, some never committed."""
    define(database)
    database.psql("SELECT internal_events.grant_metric('counts.opened', 'dashboard')")
    track_in_week(database, OLD_MONDAY, 20)
    track_some(database, 30)
    assert rollup(database) == 110
    assert OLD_MONDAY.replace('-', '') in database.psql('SELECT object FROM internal_events.maintenance()')
    track_some(database, 20)


def go_on_in(copy):
    """Asserts that a copy has everything, and that old and new events are read once."""
    compare(copy)
    track_some(copy, 5)
    compare(copy)
    assert rollup(copy) == 60 + 15
    compare(copy)
    assert rollup(copy) == 0
    track_some(copy, 3)
    compare(copy)
    assert rollup(copy) == 9
    compare(copy)
    copy.psql('SELECT * FROM internal_events.maintenance()')
    compare(copy)


@pytest.mark.parametrize('form', ['plain', 'directory'])
@pytest.mark.parametrize('where', ['same', 'lower', 'higher'])
def test_dump_and_restore(request, cluster, db, tmp_path, form, where):
    """A dump restored into the same cluster, or into one with lower or higher transaction ids, is read on from where it was."""
    target = cluster if where == 'same' else request.getfixturevalue(where)
    fill(db)
    try:
        copy = dump_and_restore(db, target, form, tmp_path)
        go_on_in(copy)
        # Grants on views, and on the functions that they need, come along.
        assert copy.psql('SELECT value FROM metrics."counts.opened"', role='dashboard') == '78'
        assert 'permission denied' in copy.psql('SELECT value FROM metrics."counts.edited"', role='dashboard', check=False)
        # The definitions are alive too: sequences go on behind the ids that came along.
        load_event(copy, 'restored')
        load_metric(copy, 'counts.restored', {'name': 'restored'})
        assert copy.psql("SELECT track_event('restored')") == 't'
        assert copy.psql('SELECT value FROM metrics."counts.restored"') == '1'
    finally:
        drop_copy(target)
    compare(db)
    assert rollup(db) == 60
    compare(db)


@pytest.mark.parametrize('rolled_up', [True, False])
def test_dump_of_a_restored_database(cluster, db, lower, higher, tmp_path, rolled_up):
    """A restored database can be dumped again, before or after its first rollup, to a third cluster."""
    fill(db)
    try:
        (tmp_path / 'first').mkdir()
        (tmp_path / 'second').mkdir()
        second = dump_and_restore(db, higher, 'directory', tmp_path / 'first')
        track_some(second, 5)
        if rolled_up:
            assert rollup(second) == 75
            track_some(second, 20)
        compare(second)
        third = dump_and_restore(second, lower, 'plain', tmp_path / 'second')
        compare(third)
        track_some(third, 5)
        compare(third)
        assert rollup(third) == (60 + 15 if rolled_up else 75 + 15)
        compare(third)
        assert rollup(third) == 0
    finally:
        drop_copy(lower)
        drop_copy(higher)


def test_back_to_the_first_cluster(cluster, db, lower, tmp_path):
    """Events of a cluster that come back to it from another one are not read again."""
    fill(db)
    try:
        (tmp_path / 'there').mkdir()
        (tmp_path / 'back').mkdir()
        away = dump_and_restore(db, lower, 'directory', tmp_path / 'there')
        assert rollup(away) == 60
        track_some(away, 5)
        back = dump_and_restore(away, cluster, 'directory', tmp_path / 'back')
        compare(back)
        track_some(back, 5)
        compare(back)
        assert rollup(back) == 30
        compare(back)
        assert rollup(back) == 0
        # And away once more, with an unread tail of both clusters.
        track_some(back, 4)
        drop_copy(lower)
        (tmp_path / 'again').mkdir()
        again = dump_and_restore(back, lower, 'plain', tmp_path / 'again')
        compare(again)
        assert rollup(again) == 12
        compare(again)
    finally:
        drop_copy(lower)
        drop_copy(cluster)


def test_dump_while_transactions_are_open(cluster, db, lower, tmp_path):
    """A dump has neither events nor progress of transactions that end after it began."""
    fill(db)
    try:
        with session(db, autocommit=False) as late, session(db, autocommit=False) as folding:
            track(late, 'opened')
            folding.execute('SELECT internal_events.rollup()')
            copy = dump_and_restore(db, lower, 'directory', tmp_path)
            late.connection.commit()
            folding.connection.commit()
        compare(copy)
        assert rollup(copy) == 60
        compare(copy)
    finally:
        drop_copy(lower)
    assert rollup(db) == 1
    compare(db)


def dump_with_contents(database, folder):
    """Dumps a database; returns the dump and its table of contents, a line each."""
    dumped = folder / 'dump'
    program(database.cluster, 'pg_dump', '-d', database.name, '-Fc', '-f', dumped)
    return dumped, program(database.cluster, 'pg_restore', '-l', dumped).splitlines()


def test_tables_restored_in_any_order(db, lower, tmp_path):
    """Tables can be loaded in any order, as pg_restore -j does by its own choice."""
    fill(db)
    try:
        copy = lower.createdb('copy')
        dumped, contents = dump_with_contents(db, tmp_path)
        rows = [number for number, line in enumerate(contents) if ' TABLE DATA ' in line]
        for number, line in zip(rows, [contents[number] for number in reversed(rows)]):
            contents[number] = line
        (tmp_path / 'reversed').write_text('\n'.join(contents))
        program(lower, 'pg_restore', '--exit-on-error', '-d', copy.name, '-L', tmp_path / 'reversed', dumped)
        go_on_in(copy)
    finally:
        drop_copy(lower)


def test_rollup_while_restoring(db, lower, tmp_path):
    """A rollup that runs when a dump is half restored leaves to the next one what is still to come."""
    fill(db)
    try:
        copy = lower.createdb('copy')
        dumped, contents = dump_with_contents(db, tmp_path)
        # pg_restore -j may load the tables in any order, so the log's rows may come last; their indexes follow them.
        log = [line for line in contents if ' TABLE DATA internal_events events_' in line or ' INDEX ' in line]
        assert log
        for part, name in ((log, 'log'), ([line for line in contents if line not in log], 'rest')):
            (tmp_path / name).write_text('\n'.join(part))
        program(lower, 'pg_restore', '--exit-on-error', '-d', copy.name, '-L', tmp_path / 'rest', dumped)
        rollup(copy)
        program(lower, 'pg_restore', '--exit-on-error', '-d', copy.name, '-L', tmp_path / 'log', dumped)
        compare(copy)
        assert rollup(copy) == 60
        compare(copy)
    finally:
        drop_copy(lower)


def test_template_copy(cluster, db):
    """A database made from another one as a template is read on from where that was, and apart from it."""
    fill(db)
    try:
        copy = cluster.createdb('copy', db.name)
        go_on_in(copy)
    finally:
        drop_copy(cluster)
    compare(db)
    assert rollup(db) == 60
    compare(db)


def test_dump_with_another_metrics_schema(cluster, lower, tmp_path):
    """A database whose metric views stand in another schema is restored where that setting is made for the new one."""
    source = cluster.createdb('renamed')
    source.psql("SET internal_events.metrics_schema = 'measures'; CREATE EXTENSION internal_events CASCADE")
    load_event(source, 'opened')
    load_metric(source, 'counts.opened', {'name': 'opened'})
    source.psql("SELECT track_event('opened')")
    try:
        lower.psql("CREATE DATABASE copy; ALTER DATABASE copy SET internal_events.metrics_schema = 'measures'")
        program(cluster, 'pg_dump', '-d', 'renamed', '-f', tmp_path / 'dump')
        program(lower, 'psql', '-Xqd', 'copy', '-v', 'ON_ERROR_STOP=1', '-f', tmp_path / 'dump')
        assert lower.psql('SELECT value FROM measures."counts.opened"', db='copy') == '1'
    finally:
        drop_copy(lower)
        cluster.psql('DROP DATABASE renamed')


def upgrade(old, new):
    """Runs pg_upgrade from one stopped cluster to another."""
    # It leaves files where it runs, so that is a folder of the server's user.
    arguments = {**old._as_server(), 'cwd': new.directory}  # pylint: disable=protected-access
    command = [old.bin('pg_upgrade'), '-b', old.bindir, '-B', new.bindir, '-d', old.data, '-D', new.data,
               '-U', 'postgres', '-s', new.directory]
    ran = subprocess.run(command, **arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize('rolled_up', [True, False])
def test_pg_upgrade(rolled_up):
    """After pg_upgrade, and after a second one, events unread before are read once; transaction ids go on."""
    with Cluster(name='old') as old:
        old.psql('CREATE ROLE dashboard LOGIN')
        database = old.createdb('kept')
        database.psql('CREATE EXTENSION internal_events CASCADE')
        fill(database)
        old.stop()
        with Cluster(name='new') as new:
            new.stop()
            upgrade(old, new)
            new.start()
            upgraded = Database(new, 'kept')
            compare(upgraded)
            track_some(upgraded, 5)
            compare(upgraded)
            if rolled_up:
                assert rollup(upgraded) == 75
                assert rollup(upgraded) == 0
                compare(upgraded)
            new.stop()
            with Cluster(name='newer') as newer:
                newer.stop()
                upgrade(new, newer)
                newer.start()
                upgraded = Database(newer, 'kept')
                compare(upgraded)
                assert rollup(upgraded) == (0 if rolled_up else 75)
                compare(upgraded)
                for event in EVENTS:
                    assert upgraded.psql(f"SELECT track_event('{event}')") == 't'
                assert rollup(upgraded) == len(EVENTS)
