"""A database that was upgraded from any released version has the very objects of a fresh installation."""

import gzip
import json
import re

import pytest

from support import CHECKOUT, VERSION, define, load_metric, metric_yaml, one, program, rollup, session, track_some

CATALOG = (CHECKOUT / 'test/server/support/catalog.sql').read_text()
RELEASED = sorted(path for path in (CHECKOUT / 'sql/released').glob('internal_events--*.sql.gz') if path.name.count('--') == 1)


def catalog(cluster, name, *commands):
    """Returns what the extension consists of in a new database after some commands."""
    database = cluster.createdb(name)
    database.psql(';'.join(('CREATE EXTENSION hll', *commands)))
    return database.psql(CATALOG).splitlines()


def test_there_is_a_release_to_upgrade_from():
    """Without one the tests below would not run at all."""
    assert RELEASED


@pytest.mark.parametrize('path', RELEASED, ids=lambda path: path.name)
def test_upgraded_equals_fresh(cluster, install, path):
    """The script of a release, frozen when it was made, and then the update scripts lead to what is installed today."""
    version = path.name.removeprefix('internal_events--').removesuffix('.sql.gz')
    name = f'{version}-released' if version == VERSION else version
    install(gzip.decompress(path.read_bytes()).decode(), name)
    fresh = catalog(cluster, f'fresh {name}', 'CREATE EXTENSION internal_events')
    commands = [f"CREATE EXTENSION internal_events VERSION '{name}'"]
    if version != VERSION:
        commands.append('ALTER EXTENSION internal_events UPDATE')
    upgraded = catalog(cluster, f'upgraded {name}', *commands)
    assert len(fresh) > 300
    assert upgraded == fresh, 'the released version needs an update script in sql/updates, and the control file a new version'


HAND_MADE = """
    GRANT USAGE ON SCHEMA internal_events, metrics TO analyst;
    GRANT EXECUTE ON FUNCTION internal_events.rollup(boolean) TO analyst;
    REVOKE EXECUTE ON FUNCTION internal_events.metric_value(text) FROM internal_events_reader;
    GRANT SELECT ON internal_events.metric_values TO analyst WITH GRANT OPTION;
    REVOKE SELECT ON internal_events.metrics FROM internal_events_reader;
    GRANT SELECT, INSERT ON internal_events.events TO analyst;
    REVOKE SELECT ON internal_events.buckets FROM internal_events_admin"""


@pytest.fixture(name='analyst')
def fixture_analyst(cluster):
    """A role that is granted something by hand."""
    cluster.psql('CREATE ROLE analyst')
    yield
    for name in cluster.psql("SELECT datname FROM pg_database WHERE datname ~ '^(by hand|restored)'").splitlines():
        cluster.psql(f'DROP DATABASE "{name}" WITH (FORCE)')
    cluster.psql('DROP ROLE analyst')


@pytest.mark.usefixtures('analyst')
@pytest.mark.parametrize('path', RELEASED, ids=lambda path: path.name)
def test_privileges_given_by_hand_survive(cluster, install, tmp_path, path):
    """What an administrator granted and revoked is so after an update, and in a database restored from a dump of it."""
    version = path.name.removeprefix('internal_events--').removesuffix('.sql.gz')
    install(gzip.decompress(path.read_bytes()).decode(), version)
    fresh = catalog(cluster, f'by hand fresh {version}', 'CREATE EXTENSION internal_events', HAND_MADE)
    updated = catalog(cluster, f'by hand {version}', f"CREATE EXTENSION internal_events VERSION '{version}'", HAND_MADE,
                      'ALTER EXTENSION internal_events UPDATE')
    assert updated == fresh
    program(cluster, 'pg_dump', '-d', f'by hand {version}', '-f', tmp_path / 'dump')
    copy = cluster.createdb(f'restored {version}')
    program(cluster, 'psql', '-Xqd', f'restored {version}', '-v', 'ON_ERROR_STOP=1', '-f', tmp_path / 'dump')
    assert copy.psql(CATALOG).splitlines() == fresh


@pytest.mark.usefixtures('analyst')
def test_privileges_that_an_update_swallowed_are_dumped_again(cluster, install):
    """The update from 0.1 to 0.2.0, as it once was, made them count as the extension's; now they are the administrator's."""
    path = CHECKOUT / 'sql/released/internal_events--0.2.0.sql.gz'
    install(gzip.decompress(path.read_bytes()).decode(), '0.2.0')
    fresh = catalog(cluster, 'by hand fresh', 'CREATE EXTENSION internal_events', HAND_MADE)
    updated = catalog(cluster, 'by hand', "CREATE EXTENSION internal_events VERSION '0.2.0'", HAND_MADE, """
        UPDATE pg_init_privs SET initprivs = initprivs || 'analyst=X/postgres'::aclitem
         WHERE objoid = 'internal_events.rollup(boolean)'::regprocedure;
        UPDATE pg_init_privs SET initprivs = initprivs || 'analyst=U/postgres'::aclitem WHERE objoid = 'metrics'::regnamespace""",
                      'ALTER EXTENSION internal_events UPDATE')
    assert updated == fresh


def test_a_forgotten_object_is_noticed(cluster, install):
    """The comparison sees a missing function, another comment, a lost privilege."""
    build = CHECKOUT / 'build' / f'pg{cluster.psql("SHOW server_version_num")[:2]}'
    script = (build / f'internal_events--{VERSION}.sql').read_text()
    fresh = catalog(cluster, 'whole', 'CREATE EXTENSION internal_events')
    for number, (old, new) in enumerate(((r"COMMENT ON FUNCTION internal_events.as_of\(\) IS\n[^;]*;", ''),
                                         (r'GRANT EXECUTE ON PROCEDURE[^;]*;', ''),
                                         (r'RETURN 64;', 'RETURN 32;'))):
        changed, count = re.subn(old, new, script)
        assert count > 0
        install(changed, f'0.0.{number}-changed')
        assert catalog(cluster, f'changed {number}', f"CREATE EXTENSION internal_events VERSION '0.0.{number}-changed'") != fresh


def database_metric(key_path, **instrumentation):
    """Returns the definition of a metric that is calculated from a table."""
    return json.dumps({'key_path': key_path, 'description': key_path, 'value_type': 'number', 'status': 'active',
                       'time_frame': 'all', 'data_source': 'database', 'instrumentation': instrumentation or None})


def gitlab_metric(key_path, **more):
    """Returns a definition as GitLab's are: a class says how it is calculated."""
    return json.dumps({'key_path': key_path, 'description': key_path, 'value_type': 'string', 'status': 'active',
                       'time_frame': 'none', 'data_source': 'system', 'instrumentation_class': 'SomethingMetric', **more})


def fill_old_database(database):
    """Loads what a user of 0.1.1 may have loaded, tracks events, reads some of them."""
    define(database)
    database.psql('CREATE TABLE issues (id bigint PRIMARY KEY); INSERT INTO issues SELECT generate_series(1, 7);'
                  'GRANT SELECT ON issues TO internal_events_reader')
    for yaml in (database_metric('counts.issues', operation='count', relation='issues'),
                 database_metric('counts.missing', operation='count', relation='missing'),
                 database_metric('counts.free'), gitlab_metric('uuid'), gitlab_metric('topology'),
                 gitlab_metric('gone', status='removed')):
        database.psql(f'SELECT internal_events.load_metric_definition($yaml${yaml}$yaml$)')
    # Until 0.2.0 the block was free text.
    database.psql("""UPDATE internal_events.metric_definitions SET definition = jsonb_set(definition, '{instrumentation}',
                         CASE key_path WHEN 'counts.free' THEN '{"how": "by hand"}'::jsonb ELSE '{"see": "the wiki"}' END)
                      WHERE key_path IN ('counts.free', 'sums.edited')""")
    track_some(database, 30)
    rollup(database)
    track_some(database, 10)
    database.psql("""CREATE VIEW dashboard AS SELECT value AS opened FROM metrics."counts.opened";
                     SELECT internal_events.grant_metric('counts.opened', 'dashboard')""")


@pytest.fixture(name='old')
def fixture_old(cluster, install):
    """A database with the extension in version 0.1.1 and data, which nothing has upgraded yet."""
    path = CHECKOUT / 'sql/released/internal_events--0.1.1.sql.gz'
    install(gzip.decompress(path.read_bytes()).decode(), '0.1.1')
    database = cluster.createdb('old')
    database.psql("CREATE EXTENSION hll; CREATE EXTENSION internal_events VERSION '0.1.1'; CREATE ROLE dashboard LOGIN")
    fill_old_database(database)
    yield database
    cluster.psql('DROP DATABASE old WITH (FORCE); DROP ROLE dashboard')


VALUES = 'SELECT key_path, value FROM internal_events.metric_values ORDER BY key_path'
STATUS = "SELECT key_path, status FROM internal_events.metrics WHERE path IS NULL ORDER BY key_path"


def read(database, sql):
    """Returns the rows of a query of two columns as a dict."""
    with session(database) as cursor:
        cursor.execute(sql)
        return dict(cursor.fetchall())


def build(database):
    """Builds a Service Ping and returns what it says."""
    with session(database) as cursor:
        ping = one(cursor, 'CALL internal_events.build_service_ping()')
        return one(cursor, 'SELECT payload FROM internal_events.service_pings WHERE id = %s', (ping,))


def test_upgrade_keeps_what_was_counted(old):
    """Event metrics have the values, views and privileges that they had, and go on counting."""
    before = read(old, VALUES)
    assert before['counts.opened'] == 40
    old.psql('ALTER EXTENSION internal_events UPDATE')
    after = read(old, VALUES)
    assert {path: after[path] for path in before} == before
    assert old.psql('SELECT value FROM metrics."counts.opened"', role='dashboard') == '40'
    assert 'permission denied' in old.psql('SELECT value FROM metrics."counts.edited"', role='dashboard', check=False)
    track_some(old, 2)
    rollup(old)
    assert old.psql('SELECT opened FROM dashboard') == '42'
    assert read(old, VALUES)['sums.edited'] == before['sums.edited'] + 1
    load_metric(old, 'counts.later', {'name': 'opened'})
    assert old.psql('SELECT value FROM metrics."counts.later"') == '42'


def test_upgrade_gives_values_to_what_had_none(old):
    """A definition that said how it is calculated works now; one that cannot be understood says so and harms no other."""
    paths = ('counts.issues', 'counts.missing', 'counts.free', 'uuid', 'topology', 'gone')
    before = read(old, STATUS)
    assert {before[path] for path in paths[:-1]} == {'not_instrumented'}
    said = old.psql('ALTER EXTENSION internal_events UPDATE', check=False)
    assert 'metric "counts.free" has no value' in said
    assert 'metric "counts.missing" cannot be calculated yet' in said
    status = read(old, STATUS)
    assert {path: status[path] for path in paths} == {
        'counts.issues': 'active', 'counts.missing': 'not_available', 'counts.free': 'not_instrumented', 'uuid': 'active',
        'topology': 'not_instrumented', 'gone': 'removed'}
    assert old.psql('SELECT value FROM metrics."counts.issues"', role='postgres') == '7'
    assert read(old, VALUES)['uuid'] == old.psql('SELECT internal_events.instance_uuid()')
    ping = build(old)
    assert ping['counts'] == {'issues': 7, 'missing': None, 'free': None, 'opened': 40, 'edited': 40, 'closed': 40}
    assert ping['version'] == VERSION
    assert ping['topology'] is None
    assert 'gone' not in ping


def test_upgraded_views_are_dumped(old, cluster, tmp_path):
    """Views that the upgrade made for loaded metrics belong to the user: they are dumped, and come back with their owner."""
    old.psql('ALTER EXTENSION internal_events UPDATE')
    program(cluster, 'pg_dump', '-d', 'old', '-f', tmp_path / 'dump')
    copy = cluster.createdb('copy')
    try:
        program(cluster, 'psql', '-Xqd', 'copy', '-v', 'ON_ERROR_STOP=1', '-f', tmp_path / 'dump')
        assert copy.psql('SELECT value FROM metrics."counts.issues"') == '7'
        assert build(copy)['counts'] == build(old)['counts']
        assert read(copy, STATUS) == read(old, STATUS)
    finally:
        cluster.psql('DROP DATABASE copy WITH (FORCE)')


def test_upgrade_moves_a_view_aside(old):
    """A loaded metric whose view has the name of a built-in one keeps its value, under another name of the view."""
    load_metric(old, 'hostname', {'name': 'opened'})
    old.psql("GRANT SELECT ON metrics.hostname TO dashboard; CREATE VIEW mine AS SELECT value FROM metrics.hostname")
    old.psql('ALTER EXTENSION internal_events UPDATE')
    assert read(old, VALUES)['hostname'] == 40
    assert old.psql('SELECT value FROM mine') == '40'
    assert old.psql("SELECT internal_events.metric_value('hostname')") == '40'
    old.psql(f"SELECT internal_events.load_metric_definition($yaml${metric_yaml('hostname', {'name': 'edited'})}$yaml$)")
    assert read(old, VALUES)['hostname'] == 40


def test_upgrade_from_the_first_version(cluster, install):
    """Two updates in a row keep the data as well."""
    path = CHECKOUT / 'sql/released/internal_events--0.1.0.sql.gz'
    install(gzip.decompress(path.read_bytes()).decode(), '0.1.0')
    database = cluster.createdb('first')
    database.psql("CREATE EXTENSION hll; CREATE EXTENSION internal_events VERSION '0.1.0'")
    define(database)
    track_some(database, 5)
    rollup(database)
    track_some(database, 5)
    database.psql('ALTER EXTENSION internal_events UPDATE')
    track_some(database, 5)
    assert build(database)['counts'] == {'opened': 15, 'edited': 15, 'closed': 15}
    rollup(database)
    assert database.psql('SELECT bool_and(ok) FROM internal_events.check_consistency()') == 't'
