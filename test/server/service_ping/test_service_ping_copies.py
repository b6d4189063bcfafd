"""Service Pings in dumps, on standbys and as time goes by: nothing is lost, and a database keeps its id."""

import json

import psycopg2
import pytest

from cluster import Cluster, Database, wait_until
from measuring import CALL, FORCE, counts_batches, definition, load, make_small_and_large, measured, payload, statuses
from pings import configure
from support import CHECKOUT, SECONDS, in_thread, one, program, session, sqlstate

BUILT_IN = len(list((CHECKOUT / 'definitions/built_in').glob('*.yml')))
TABLES = ('service_pings', 'service_ping_measurements', 'service_ping_attempts', 'instrumentations', 'value_schemas',
          'metric_definitions', 'metric_time_frames', 'built_in_metrics')
SCHEMA = {'type': 'object', 'additionalProperties': {'type': 'integer'}}


@pytest.fixture(scope='module', name='elsewhere')
def fixture_elsewhere():
    """Another cluster."""
    with Cluster(name='elsewhere') as running:
        yield running


@pytest.fixture(name='full')
def fixture_full(db):
    """A database with metrics of every kind of SQL, two pings, and a third one that is half built."""
    make_small_and_large(db, 150_000)
    db.psql(f"SELECT internal_events.load_value_schema('objects/states.json', '{json.dumps(SCHEMA)}')")
    load(db, 'a.small', operation='count', relation='small')
    load(db, 'a.states', value_type='object', operation='count', relation='small', group_by='state',
         more={'value_json_schema': 'objects/states.json'})
    load(db, 'a.sum', kind='numbers', add=['a.small', 'counts.opened'])
    load(db, 'hostname', time_frame='none', value_type='string', kind='generic', sql="SELECT 'overridden'")
    instrumentation = json.dumps({'instrumentation_class': 'SomeMetric', 'instrumentation': {'sql': 'SELECT 5'}})
    db.psql(f'SELECT internal_events.load_instrumentation($yaml${instrumentation}$yaml$)')
    by_class = definition('a.by_class', more={'instrumentation_class': 'SomeMetric', 'instrumentation': None})
    db.psql(f'SELECT internal_events.load_metric_definition($yaml${by_class}$yaml$)')
    with session(db) as cursor:
        assert (one(cursor, CALL), one(cursor, FORCE)) == (1, 2)
    load(db, 'z.large', operation='count', relation='large', batch_size=10000, where="md5(repeat(filler, 60)) <> ''")
    with session(db) as cursor:
        thread, states = in_thread(lambda: sqlstate(cursor, FORCE))
        assert counts_batches(db, 'z.large')
        cursor.connection.cancel()
        thread.join(SECONDS)
    assert states == ['57014']
    assert statuses(db) == ['built', 'built', 'building']
    return db


def dump_and_restore(database, target, form, folder):
    """Copies a database by pg_dump; returns the copy."""
    copy = target.createdb('copy')
    folder.mkdir()
    if form == 'plain':
        program(database.cluster, 'pg_dump', '-d', database.name, '-f', folder / 'dump')
        program(target, 'psql', '-Xqd', 'copy', '-v', 'ON_ERROR_STOP=1', '-f', folder / 'dump')
    else:
        program(database.cluster, 'pg_dump', '-d', database.name, '-Fd', '-j2', '-f', folder / 'dump')
        program(target, 'pg_restore', '--exit-on-error', '-j2', '-d', 'copy', folder / 'dump')
    return copy


def stored(database):
    """Returns the rows of every table of metrics and Service Pings."""
    return {table: database.psql(f'SELECT t FROM internal_events.{table} t ORDER BY t::text') for table in TABLES}


def owners(database):
    """Returns the owner of each metric view."""
    return database.psql("SELECT viewname, viewowner FROM pg_views WHERE schemaname = 'metrics' ORDER BY viewname")


def check_copy(original, copy):
    """Asserts that a copy has everything, finishes the half-built ping, and builds another one."""
    before = stored(original)
    assert stored(copy) == before
    assert owners(copy) == owners(original)
    assert 'a.small|internal_events_metrics' in owners(copy)
    assert copy.psql('SELECT count(*) FROM internal_events.built_in_metrics') == str(BUILT_IN)
    uuid = original.psql('SELECT internal_events.instance_uuid()')
    assert copy.psql('SELECT internal_events.instance_uuid()') == uuid
    with session(copy) as cursor:
        assert one(cursor, CALL) == 1
        assert one(cursor, FORCE) == 3
        assert one(cursor, FORCE) == 4
    assert statuses(copy) == ['built'] * 4
    for number in (3, 4):
        said = payload(copy, number)
        assert (said['uuid'], said['hostname']) == (uuid, 'overridden')
        assert said['a'] == {'small': 10, 'states': {'new': 3, 'paid': 4, 'null': 3}, 'sum': 13, 'by_class': 5}
        assert (said['counts'], said['z']) == ({'opened': 3}, {'large': 150_000})
    assert {status for status, _, _ in measured(copy, 4).values()} == {'ok'}


@pytest.mark.parametrize('form', ['plain', 'directory'])
@pytest.mark.parametrize('where', ['same', 'elsewhere'])
def test_dump_and_restore(request, cluster, full, tmp_path, form, where):
    """A restored database has the pings, the metrics and the id of the original, and goes on building."""
    target = cluster if where == 'same' else request.getfixturevalue(where)
    try:
        copy = dump_and_restore(full, target, form, tmp_path / 'there')
        check_copy(full, copy)
        # Definitions still compile to the same views.
        load(copy, 'a.small', operation='count', relation='small', where='id > 5')
        assert copy.psql("SELECT internal_events.metric_value('a.small')") == '5'
        assert 'a.small|internal_events_metrics' in owners(copy)
    finally:
        target.psql('DROP DATABASE IF EXISTS copy WITH (FORCE)')


def test_dump_of_a_restored_database(cluster, full, elsewhere, tmp_path):
    """The original's id survives a second dump, too; built-in metrics are there once."""
    uuid = full.psql('SELECT internal_events.instance_uuid()')
    try:
        copy = dump_and_restore(full, elsewhere, 'directory', tmp_path / 'there')
        again = dump_and_restore(copy, cluster, 'plain', tmp_path / 'back')
        assert again.psql('SELECT internal_events.instance_uuid()') == uuid
        check_copy(full, again)
        fresh = again.psql('SELECT internal_events.reset_instance_uuid()')
        assert fresh != uuid and again.psql('SELECT internal_events.instance_uuid()') == fresh
    finally:
        cluster.psql('DROP DATABASE IF EXISTS copy WITH (FORCE)')
        elsewhere.psql('DROP DATABASE IF EXISTS copy WITH (FORCE)')


def test_on_a_standby(cluster, full):
    """A hot standby shows what would be sent, and says clearly that it cannot store it; promoted, it goes on building."""
    expected = json.loads(full.psql('SELECT internal_events.service_ping_payload()'))
    with cluster.standby() as running:
        standby = Database(running, full.name)
        lsn = full.psql('SELECT pg_current_wal_lsn()')
        assert wait_until(lambda: standby.psql(f"SELECT pg_last_wal_replay_lsn() >= '{lsn}'") == 't', 2 * SECONDS)
        with session(standby) as cursor:
            found = one(cursor, 'SELECT internal_events.service_ping_payload()')
            assert {**found, 'recorded_at': None, 'database': None} == {**expected, 'recorded_at': None, 'database': None}
            assert one(cursor, "SELECT internal_events.metric_value('a.small')") == 10
            with pytest.raises(psycopg2.Error, match='read-only|recovery|standby') as caught:
                cursor.execute(CALL)
            assert caught.value.pgcode == '25006'
            assert statuses(standby) == ['built', 'built', 'building']
            assert one(cursor, 'SELECT pg_promote()')
            assert one(cursor, FORCE) == 3
        assert payload(standby, 3)['z'] == {'large': 150_000}


def test_measurements_are_not_kept_for_ever(full):
    """maintenance() deletes the measurements of pings that are older than events; the pings themselves stay."""
    configure(full, event_retention='10d')
    full.psql("UPDATE internal_events.service_pings SET recorded_at = now() - CASE id WHEN 2 THEN interval '9 days' "
              "ELSE interval '11 days' END")
    counts = ('SELECT ping_id, count(*) FROM internal_events.service_ping_measurements GROUP BY 1 ORDER BY 1')
    before = dict(line.split('|') for line in full.psql(counts).splitlines())
    done = full.psql('SELECT * FROM internal_events.maintenance()')
    assert f"deleted|{before['1']} measurements" in done
    after = dict(line.split('|') for line in full.psql(counts).splitlines())
    # One that is being built still needs them.
    assert after == {number: count for number, count in before.items() if number != '1'}
    assert payload(full, 1)['a']['small'] == 10
    assert 'measurements' not in full.psql('SELECT * FROM internal_events.maintenance()')
