"""CREATE and DROP EXTENSION, and databases beside each other."""

import pytest

from cluster import Cluster, ClusterError
from support import compare, define, load_event, load_metric, one, rollup, session, sqlstate, track, track_some


@pytest.fixture
def empty(cluster):
    """A database without the extension."""
    database = cluster.createdb('empty')
    yield database
    cluster.psql('DROP DATABASE empty WITH (FORCE)')


def left_behind(database):
    """Returns what of the extension a database still has."""
    return database.psql('''
        SELECT n.nspname FROM pg_namespace n WHERE n.nspname IN ('internal_events', 'metrics')
         UNION ALL
        SELECT p.proname FROM pg_proc p WHERE p.proname IN ('track_event', 'track_events')''')


def test_two_databases_of_a_cluster(cluster, db, template):
    """Two databases have their own definitions, events and progress, although they share transaction ids and roles."""
    other = cluster.createdb('other', template)
    try:
        load_event(other, 'elsewhere')
        define(db)
        define(other)
        track_some(db, 5)
        with session(db, autocommit=False) as here, session(other, autocommit=False) as there:
            track(here, 'opened')
            track(there, 'opened')
            assert rollup(db) == 15
            assert rollup(other) == 0
            here.connection.commit()
            assert rollup(other) == 0
            there.connection.commit()
        assert "not defined" in db.psql("SELECT track_event('elsewhere')", check=False)
        assert other.psql("SELECT track_event('elsewhere')") == 't'
        compare(db)
        assert (rollup(db), rollup(other)) == (1, 2)
        compare(db)
        assert other.psql("SELECT internal_events.total_count('elsewhere', '-infinity', 'infinity')") == '1'
        assert other.psql('SELECT value FROM metrics."counts.opened"') == '1'
        other.psql('DROP EXTENSION internal_events CASCADE')
        track_some(db, 1)
        compare(db)
    finally:
        cluster.psql('DROP DATABASE other WITH (FORCE)')


def test_drop_and_create_again(db):
    """DROP EXTENSION leaves nothing; a new one begins empty, also for a session that tracked before."""
    define(db)
    track_some(db, 5)
    rollup(db)
    with session(db) as cursor:
        track(cursor, 'opened')
        # The metric views are the user's to lose.
        assert sqlstate(cursor, 'DROP EXTENSION internal_events') == '2BP01'
        db.psql('DROP EXTENSION internal_events CASCADE')
        assert left_behind(db) == ''
        assert sqlstate(cursor, "SELECT track_event('opened')") == '42883'
        db.psql('CREATE EXTENSION internal_events')
        assert not one(cursor, "SELECT track_event('opened')")
        db.psql('DROP TABLE shadow')
        define(db)
        track(cursor, 'opened')
        compare(db)
    assert rollup(db) == 1
    compare(db)


def test_drop_without_definitions(empty):
    """Without metric views DROP EXTENSION needs no CASCADE, whatever partitions maintenance() has made."""
    empty.psql('CREATE EXTENSION internal_events CASCADE')
    empty.psql('SELECT internal_events.maintenance()')
    empty.psql('DROP EXTENSION internal_events')
    assert left_behind(empty) == ''


def test_create_twice(db):
    """A second CREATE EXTENSION is an ordinary error and changes nothing."""
    load_event(db, 'opened')
    with session(db) as cursor:
        assert sqlstate(cursor, 'CREATE EXTENSION internal_events') == '42710'
        assert one(cursor, "SELECT track_event('opened')")


def test_create_rolled_back(empty):
    """A CREATE EXTENSION that is rolled back leaves nothing, and can be repeated in the same session."""
    with session(empty) as cursor:
        cursor.execute('BEGIN')
        cursor.execute('CREATE EXTENSION internal_events CASCADE')
        assert not one(cursor, "SELECT track_event('opened')")
        cursor.execute('ROLLBACK')
        assert left_behind(empty) == ''
        cursor.execute('CREATE EXTENSION internal_events CASCADE')
    define(empty)
    track_some(empty, 1)
    compare(empty)


def test_without_hll(empty):
    """Without CASCADE the error names the extension that is missing."""
    with pytest.raises(ClusterError, match='required extension "hll" is not installed'):
        empty.psql('CREATE EXTENSION internal_events')


def test_metrics_schema(empty):
    """The metric views go to the schema of internal_events.metrics_schema, as it was at CREATE EXTENSION."""
    empty.psql('''
        CREATE SCHEMA metrics;
        SET internal_events.metrics_schema = 'Product "metrics"';
        CREATE EXTENSION internal_events CASCADE''')
    load_event(empty, 'opened')
    load_metric(empty, 'counts.opened', {'name': 'opened'})
    empty.psql("SELECT track_event('opened')")
    assert empty.psql('SELECT value FROM "Product ""metrics"""."counts.opened"') == '1'
    assert empty.psql("SELECT internal_events.metric_value('counts.opened')") == '1'
    empty.psql("""
        CREATE ROLE guest;
        SELECT internal_events.grant_metric('counts.opened', 'guest');
        SELECT internal_events.revoke_metric('counts.opened', 'guest');
        DROP ROLE guest""")
    empty.psql('DROP EXTENSION internal_events CASCADE')
    assert empty.psql("SELECT nspname FROM pg_namespace WHERE nspname ~ 'metrics|internal'") == 'metrics'


def test_metrics_schema_that_exists(empty):
    """Where the schema for metric views exists, the error says which setting helps."""
    empty.psql('CREATE SCHEMA metrics')
    output = empty.psql('CREATE EXTENSION internal_events CASCADE', check=False)
    assert 'schema "metrics" for metric views exists' in output
    assert 'SET internal_events.metrics_schema' in output
    assert left_behind(empty) == 'metrics'


@pytest.mark.parametrize('attribute', ['LOGIN', 'SUPERUSER', 'CREATEROLE', 'BYPASSRLS'])
def test_roles_of_others(attribute):
    """A role of somebody else that has one of our names is not handed our privileges."""
    with Cluster(name='taken') as cluster:
        cluster.psql(f'CREATE ROLE internal_events_admin {attribute}')
        output = cluster.psql('CREATE EXTENSION internal_events CASCADE', check=False)
        assert 'role "internal_events_admin" exists and has attributes' in output
        assert 'Drop or rename that role' in output
        assert cluster.psql("SELECT extname FROM pg_extension WHERE extname = 'internal_events'") == ''
        cluster.psql(f'ALTER ROLE internal_events_admin NO{attribute}; CREATE EXTENSION internal_events CASCADE')


def test_other_schemas(empty):
    """track_event() goes to the schema chosen; hll may stand in another one; no search path is needed."""
    empty.psql('''
        CREATE SCHEMA tracking;
        CREATE SCHEMA "Sketches";
        CREATE EXTENSION hll SCHEMA "Sketches";
        CREATE EXTENSION internal_events SCHEMA tracking''')
    with session(empty) as cursor:
        cursor.execute("SET search_path = ''")
        for definition in ("load_event_definition('{\"action\": \"opened\", \"description\": \"x\"}')",
                           "load_metric_definition('{\"key_path\": \"uniques.opened\", \"description\": \"x\", "
                           "\"value_type\": \"number\", \"status\": \"active\", \"time_frame\": \"all\", "
                           "\"data_source\": \"internal_events\", \"events\": [{\"name\": \"opened\", \"unique\": \"user.id\"}]}')"):
            cursor.execute(f'SELECT internal_events.{definition}')
        assert one(cursor, "SELECT tracking.track_event('opened', 1)")
        assert one(cursor, """SELECT tracking.track_events('[{"event": "opened", "user_id": 2}]')""") == 1
        assert one(cursor, 'SELECT value FROM metrics."uniques.opened"') == 2
        assert one(cursor, 'SELECT internal_events.rollup()') == 2
        assert one(cursor, 'SELECT internal_events.rollup()') == 0
        assert one(cursor, "SELECT tracking.track_event('opened', 3)")
        assert one(cursor, 'SELECT internal_events.rollup()') == 1
        cursor.execute('SELECT * FROM internal_events.maintenance()')
        assert one(cursor, 'SELECT value FROM metrics."uniques.opened"') == 3
        assert one(cursor, 'SELECT bool_and(ok) FROM internal_events.check_consistency()')


def test_create_needs_a_superuser(cluster, empty):
    """Somebody who only owns the database is refused: the extension runs code of its own in the server."""
    cluster.psql('CREATE ROLE owner LOGIN; ALTER DATABASE empty OWNER TO owner')
    try:
        with session(empty, user='owner') as cursor:
            assert sqlstate(cursor, 'CREATE EXTENSION internal_events CASCADE') == '42501'
    finally:
        cluster.psql('ALTER DATABASE empty OWNER TO postgres; DROP ROLE owner')
