"""Who may do what: nothing is PUBLIC, and the three roles are siblings."""

import pytest

from support import (define, event_yaml, load_event, load_metric, metric_yaml, one, rollup, session, sqlstate,
                     track, track_some)

pytestmark = pytest.mark.usefixtures('roles')

DENIED = '42501'
TRACKING = {'track_event', 'track_events'}

# Functions and relations that CREATE EXTENSION made, in whatever schema.
FUNCTIONS = '''
    SELECT p.oid, p.oid::regprocedure::text AS signature, p.proname
      FROM pg_proc p
      JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
      JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'internal_events'
'''
RELATIONS = '''
    SELECT c.oid, c.oid::regclass::text AS name
      FROM pg_class c
     WHERE c.relnamespace IN ('internal_events'::regnamespace, 'metrics'::regnamespace) AND c.relkind IN ('r', 'v', 'p', 'm')
'''
CALLS = [
    "SELECT track_event('opened')",
    "SELECT track_events('[]')",
    'SELECT internal_events.rollup()',
    'SELECT * FROM internal_events.maintenance()',
    'SELECT * FROM internal_events.check_consistency()',
    "SELECT internal_events.load_event_definition('')",
    "SELECT internal_events.load_metric_definition('')",
    "SELECT * FROM internal_events.load_definitions('/tmp')",
    "SELECT * FROM internal_events.validate_definition('event', '')",
    "SELECT internal_events.metric_value('counts.opened')",
    "SELECT internal_events.unique_count('opened', 'user.id', '-infinity', 'infinity')",
    "SELECT internal_events.total_count('opened', '-infinity', 'infinity')",
    'SELECT * FROM internal_events.schedule_jobs()',
    'SELECT internal_events.unschedule_jobs()',
    'SELECT * FROM internal_events.events',
    'SELECT * FROM internal_events.buckets',
    'SELECT * FROM internal_events.metrics',
    'SELECT * FROM internal_events.metric_values',
    'SELECT * FROM metrics."counts.opened"',
    "INSERT INTO internal_events.events_default DEFAULT VALUES",
    'TRUNCATE internal_events.events',
    "UPDATE internal_events.readers SET snapshot = '1:1:'",
]


@pytest.fixture(scope='module', autouse=True)
def _dashboard(cluster):
    """A user who is granted a single view later."""
    cluster.psql('CREATE ROLE dashboard LOGIN')


@pytest.fixture
def filled(db):
    """The database with definitions and events, some of them rolled up."""
    define(db)
    track_some(db, 3)
    rollup(db)
    track_some(db, 2)
    return db


def may_execute(database, role):
    """Returns the names of the extension's functions that a role may execute."""
    return set(database.psql(f"SELECT f.proname FROM ({FUNCTIONS}) f "
                             f"WHERE has_function_privilege('{role}', f.oid, 'EXECUTE')").split())


def may_use(database, role, *privileges):
    """Returns the tables and views on which a role has one of the privileges."""
    listed = ', '.join(privileges)
    return set(database.psql(f"SELECT r.name FROM ({RELATIONS}) r "
                             f"WHERE has_table_privilege('{role}', r.oid, '{listed}')").splitlines())


def test_without_grants_nothing_works(filled):
    """A role without grants is denied whatever there is."""
    with session(filled, user='nobody') as cursor:
        for call in CALLS:
            assert sqlstate(cursor, call) == DENIED, call


def test_without_grants_no_privilege(filled):
    """A role without grants has no privilege on any function, table, view, column, sequence or schema."""
    assert may_execute(filled, 'nobody') == set()
    assert may_use(filled, 'nobody', 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER') == set()
    assert filled.psql('''
        SELECT n.nspname FROM pg_namespace n
         WHERE n.nspname IN ('internal_events', 'metrics')
           AND has_schema_privilege('nobody', n.oid, 'USAGE, CREATE')''') == ''
    assert filled.psql('''
        SELECT c.oid::regclass FROM pg_class c
         WHERE c.relnamespace = 'internal_events'::regnamespace
           AND (c.relkind = 'S' AND has_sequence_privilege('nobody', c.oid, 'USAGE, SELECT, UPDATE')
                OR c.relkind IN ('r', 'v', 'p')
                   AND has_any_column_privilege('nobody', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))''') == ''


def test_nothing_is_public(filled):
    """No privilege list of the extension's objects, nor of the views and partitions made later, names PUBLIC."""
    # Where a function has no list, PUBLIC may execute it.
    assert filled.psql(f'SELECT f.signature FROM ({FUNCTIONS}) f JOIN pg_proc p ON p.oid = f.oid '
                       'WHERE p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0)') == ''
    assert filled.psql('''
        SELECT c.oid::regclass FROM pg_class c, aclexplode(c.relacl) a
         WHERE c.relnamespace IN ('internal_events'::regnamespace, 'metrics'::regnamespace) AND a.grantee = 0
         UNION ALL
        SELECT t.attrelid::regclass FROM pg_attribute t, aclexplode(t.attacl) a
         WHERE t.attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'internal_events'::regnamespace)
           AND a.grantee = 0''') == ''
    assert filled.psql('''
        SELECT n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a
         WHERE n.nspname IN ('internal_events', 'metrics') AND a.grantee = 0''') == ''


def test_writer(filled):
    """A writer tracks, and reads nothing."""
    with session(filled, user='writer') as cursor:
        assert one(cursor, "SELECT track_event('opened', 7)")
        assert one(cursor, """SELECT track_events('[{"event": "opened"}, {"event": "closed"}]')""") == 2
        for call in CALLS[2:]:
            assert sqlstate(cursor, call) == DENIED, call
    assert may_execute(filled, 'writer') == TRACKING
    assert may_use(filled, 'writer', 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') == set()
    assert rollup(filled) == 9


def test_reader(filled):
    """A reader reads metrics and definitions; events, buckets and tracking are not for readers."""
    with session(filled, user='reader') as cursor:
        assert one(cursor, "SELECT count(*) FROM internal_events.metrics WHERE data_source = 'internal_events'") == 9
        assert one(cursor, "SELECT value FROM internal_events.metric_values WHERE key_path = 'counts.opened'") == 5
        assert one(cursor, 'SELECT value FROM metrics."counts.opened"') == 5
        assert one(cursor, 'SELECT value FROM metrics."uniques.opened"') == 3
        assert one(cursor, "SELECT internal_events.metric_value('sums.opened')") == 4
        assert one(cursor, "SELECT internal_events.unique_count('opened', 'user.id', '-infinity', 'infinity')") == 3
        assert one(cursor, "SELECT internal_events.total_count('opened', '-infinity', 'infinity')") == 5
        assert one(cursor, 'SELECT count(*) FROM internal_events.event_definitions') == 3
        assert one(cursor, 'SELECT count(*) FROM internal_events.metric_definitions') == 9
        for call in CALLS:
            if not any(word in call for word in ('metric_value', '_count', 'metrics', 'validate_definition')):
                assert sqlstate(cursor, call) == DENIED, call
    readable = {name for name in may_use(filled, 'reader', 'SELECT') if name.startswith('internal_events.')}
    assert readable == {f'internal_events.{name}' for name in ('event_definitions', 'metric_definitions', 'metrics',
                                                               'metric_values', 'time_frames', 'instrumentations', 'event_metrics')}
    assert not may_execute(filled, 'reader') & TRACKING
    assert may_use(filled, 'reader', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') == set()


def test_reader_sees_no_raw_event_through_a_function(filled):
    """No function that a reader may execute returns rows of the log."""
    with session(filled, autocommit=False) as late:
        track(late, 'opened', user=4711)
        rollup(filled)
        late.connection.commit()
    rows = filled.psql(f"SELECT f.signature FROM ({FUNCTIONS}) f JOIN pg_proc p ON p.oid = f.oid "
                       "WHERE p.proretset AND p.prorettype = 'internal_events.events'::regtype AND p.pronargs = 0")
    with session(filled, user='reader') as cursor:
        for function in rows.split():
            assert sqlstate(cursor, f'SELECT * FROM {function}') == DENIED, function
        # The metric counts it all the same.
        assert one(cursor, 'SELECT value FROM metrics."counts.opened"') == 6


def test_admin(cluster, filled, tmp_path):
    """An admin loads definitions, runs rollup, maintenance and the consistency check; files need the server's own right."""
    (tmp_path / 'one.yml').write_text(event_yaml('from_a_file'))
    folder = cluster.share(tmp_path)
    with session(filled, user='admin') as cursor:
        assert one(cursor, 'SELECT internal_events.load_event_definition(%s)', (event_yaml('moved'),)) == 'moved'
        assert one(cursor, 'SELECT internal_events.load_metric_definition(%s)',
                   (metric_yaml('counts.moved', {'name': 'moved'}),)) == 'counts.moved'
        assert one(cursor, 'SELECT internal_events.rollup()') == 6
        cursor.execute('SELECT * FROM internal_events.maintenance()')
        cursor.execute('SELECT bool_and(ok) FROM internal_events.check_consistency()')
        assert cursor.fetchone() == (True,)
        assert one(cursor, 'SELECT value FROM metrics."counts.moved"') == 0
        assert one(cursor, 'SELECT count(*) FROM internal_events.buckets') > 0
        load = f"SELECT count(*) FROM internal_events.load_definitions('{folder}') WHERE error IS NULL"
        assert sqlstate(cursor, load) == DENIED
        cluster.psql('GRANT pg_read_server_files TO admin')
        assert one(cursor, load) == 1
        assert sqlstate(cursor, 'DELETE FROM internal_events.events') == DENIED
        assert sqlstate(cursor, "UPDATE internal_events.readers SET snapshot = '1:1:'") == DENIED
    assert filled.psql("SELECT count(*) FROM internal_events.metrics WHERE data_source = 'internal_events'") == '10'


def test_a_metric_view_can_be_granted(filled):
    """Whoever an admin grants one metric, and nothing else, reads that metric and no other, until it is taken back."""
    read = 'SELECT value FROM metrics."uniques.opened"'
    with session(filled, user='dashboard') as cursor, session(filled, user='admin') as admin:
        assert sqlstate(cursor, "SELECT internal_events.grant_metric('uniques.opened', 'dashboard')") == DENIED
        admin.execute("SELECT internal_events.grant_metric('uniques.opened', 'dashboard')")
        assert one(cursor, read) == 3
        for call in CALLS:
            assert sqlstate(cursor, call) == DENIED, call
        # The view that a changed definition makes is the same view.
        load_metric(filled, 'uniques.opened', {'name': 'opened', 'unique': 'user.id'}, {'name': 'closed', 'unique': 'user.id'})
        assert one(cursor, read) == 3
        load_metric(filled, 'uniques.opened', {'name': 'opened', 'operator': 'sum(value)'})
        assert one(cursor, read) == 4
        admin.execute("SELECT internal_events.revoke_metric('uniques.opened', 'dashboard')")
        assert sqlstate(cursor, read) == DENIED
    assert may_execute(filled, 'dashboard') == set()
    assert may_use(filled, 'dashboard', 'SELECT') == set()


def test_settings(filled):
    """Retention is for superusers; what concerns a session alone is for everybody."""
    with session(filled, user='writer') as cursor:
        # PostgreSQL keeps any value for later while the library is not loaded, and refuses it then.
        cursor.execute("SET internal_events.event_retention = '36500d'")
        assert one(cursor, "SELECT track_event('opened')")
        assert one(cursor, 'SHOW internal_events.event_retention') == '90d'
        for name in ('event_retention', 'bucket_retention'):
            assert sqlstate(cursor, f"SET internal_events.{name} = '30d'") == DENIED
        for setting in ("enabled = off", "on_error = 'ignore'", "as_of = '2026-01-01'"):
            assert sqlstate(cursor, f'SET internal_events.{setting}') is None


def test_functions_pin_the_search_path(db):
    """Names in functions mean the same whoever calls them."""
    assert db.psql(f'''
        SELECT f.signature
          FROM ({FUNCTIONS}) f
          JOIN pg_proc p ON p.oid = f.oid
          JOIN pg_language l ON l.oid = p.prolang
         WHERE (l.lanname = 'plpgsql' OR (l.lanname = 'sql' AND (p.prosqlbody IS NULL OR p.prosecdef)))
           AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c = 'search_path=pg_catalog, pg_temp')''') == ''


def test_security_definer_functions_are_for_roles(db):
    """A function that runs with the owner's rights is granted to a role by name, or to nobody."""
    assert db.psql(f'''
        SELECT f.signature, a.grantee::regrole
          FROM ({FUNCTIONS}) f
          JOIN pg_proc p ON p.oid = f.oid
         CROSS JOIN LATERAL aclexplode(p.proacl) a
         WHERE p.prosecdef AND a.grantee <> p.proowner
           AND a.grantee::regrole::text NOT IN ('internal_events_writer', 'internal_events_reader',
                                                'internal_events_admin', 'internal_events_metrics')''') == ''


def test_everything_has_a_comment(db):
    """Each function, aggregate, table, view, column, index, trigger and schema says what it is."""
    assert db.psql(f'''
        SELECT 'function ' || f.signature FROM ({FUNCTIONS}) f WHERE obj_description(f.oid, 'pg_proc') IS NULL
         UNION ALL
        SELECT 'relation ' || r.name FROM ({RELATIONS}) r WHERE obj_description(r.oid, 'pg_class') IS NULL
         UNION ALL
        SELECT format('column %s.%I', r.name, a.attname)
          FROM ({RELATIONS}) r
          JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
          JOIN pg_class c ON c.oid = r.oid AND NOT c.relispartition
         WHERE col_description(r.oid, a.attnum) IS NULL
         UNION ALL
        SELECT 'index ' || i.indexrelid::regclass
          FROM ({RELATIONS}) r
          JOIN pg_index i ON i.indrelid = r.oid
         WHERE obj_description(i.indexrelid, 'pg_class') IS NULL
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
           AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
         UNION ALL
        SELECT 'trigger ' || t.tgname
          FROM ({RELATIONS}) r
          JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
         WHERE obj_description(t.oid, 'pg_trigger') IS NULL
         UNION ALL
        SELECT 'type ' || t.oid::regtype
          FROM pg_type t
          JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
          JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'internal_events'
         WHERE obj_description(t.oid, 'pg_type') IS NULL AND t.typrelid = 0 AND t.typelem = 0
         UNION ALL
        SELECT 'schema ' || n.nspname
          FROM pg_namespace n
         WHERE n.nspname IN ('internal_events', 'metrics') AND obj_description(n.oid, 'pg_namespace') IS NULL
         UNION ALL
        SELECT 'extension' FROM pg_extension e
         WHERE e.extname = 'internal_events' AND obj_description(e.oid, 'pg_extension') IS NULL''') == ''


# Each stands for a name that the extension's SQL uses without saying the schema; calling one is an error.
TRAPS = '''
    CREATE FUNCTION public.sprung() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sprung'; END $$;
    CREATE FUNCTION public.format(text, text) RETURNS text LANGUAGE sql AS 'SELECT public.sprung(); SELECT $1';
    CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE sql AS 'SELECT public.sprung(); SELECT $1';
    CREATE FUNCTION public.to_char(date, text) RETURNS text LANGUAGE sql AS 'SELECT public.sprung(); SELECT $2';
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT public.sprung(); SELECT now()';
    CREATE FUNCTION public.pg_current_snapshot() RETURNS pg_snapshot LANGUAGE sql AS $$SELECT public.sprung(); SELECT '1:1:'::pg_snapshot$$;
    CREATE FUNCTION public.utc_day(timestamptz) RETURNS date LANGUAGE sql AS 'SELECT public.sprung(); SELECT current_date';
    CREATE FUNCTION public.greedy(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT public.sprung(); SELECT true';
    CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.greedy);
    CREATE OPERATOR public.< (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.greedy);
    CREATE FUNCTION public.greedy(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT public.sprung(); SELECT true';
    CREATE OPERATOR public.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = public.greedy);
    CREATE FUNCTION public.greedy(date, date) RETURNS boolean LANGUAGE sql AS 'SELECT public.sprung(); SELECT true';
    CREATE OPERATOR public.<= (LEFTARG = date, RIGHTARG = date, FUNCTION = public.greedy);
    CREATE FUNCTION public.greedy(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT public.sprung(); SELECT true';
    CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.greedy);
    CREATE FUNCTION public.glue(text, text) RETURNS text LANGUAGE sql AS 'SELECT public.sprung(); SELECT $1';
    CREATE OPERATOR public.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = public.glue);
    CREATE FUNCTION public.pick(jsonb, text) RETURNS text LANGUAGE sql AS 'SELECT public.sprung(); SELECT $2';
    CREATE OPERATOR public.->> (LEFTARG = jsonb, RIGHTARG = text, FUNCTION = public.pick);
    CREATE AGGREGATE public.sum(bigint) (SFUNC = int8pl, STYPE = bigint);
'''


def test_objects_of_others_are_not_called(filled):
    """Functions, operators and tables in the caller's search path do not get between the extension and PostgreSQL."""
    with session(filled) as cursor:
        cursor.execute(TRAPS)
        cursor.execute('CREATE TEMP TABLE pg_inherits (a int); CREATE TEMP TABLE pg_class (a int); '
                       'CREATE TEMP TABLE events (a int); CREATE TEMP TABLE readers (name text)')
        cursor.execute('SET search_path = public, pg_temp, pg_catalog')
        # The traps work.
        assert sqlstate(cursor, "SELECT 'a' || 'b'::text") == 'P0001'
        assert one(cursor, "SELECT track_event('opened', 3, additional_properties => '{\"value\": 3}')")
        assert one(cursor, 'SELECT internal_events.rollup()') == 7
        cursor.execute('SELECT * FROM internal_events.maintenance()')
        cursor.execute('SELECT ok FROM internal_events.check_consistency()')
        assert cursor.fetchall() == [(True,)] * 3
        cursor.execute('SELECT internal_events.load_event_definition(%s)', (event_yaml('moved'),))
        cursor.execute('SELECT internal_events.load_metric_definition(%s)',
                       (metric_yaml('counts.moved', {'name': 'moved', 'filter': {'label': 'a'}}),))
        assert one(cursor, 'SELECT value FROM metrics."counts.opened"') == 6
        assert one(cursor, "SELECT internal_events.metric_value('counts.opened')") == 6
        assert one(cursor, "SELECT internal_events.total_count('opened', '-infinity', 'infinity')") == 6
        assert one(cursor, "SELECT internal_events.unique_count('opened', 'user.id', '-infinity', 'infinity')") == 4
        cursor.execute('SELECT * FROM internal_events.metric_values')
        cursor.execute('SELECT * FROM internal_events.metrics')
        assert sqlstate(cursor, "SELECT * FROM internal_events.validate_definition('event', '{}')") is None


def test_properties_are_data(filled):
    """Properties and names reach the rollup, which runs with the owner's rights, as data alone."""
    nasty = "x'); DROP TABLE internal_events.buckets; --"
    load_metric(filled, 'uniques.labels', {'name': 'opened', 'unique': 'label'})
    load_event(filled, 'labelled', properties=('label',))
    with session(filled, user='writer') as cursor:
        for text in (nasty, '%s', '\\', '"', '$$', '\u202e'):
            assert one(cursor, "SELECT track_event('opened', additional_properties => jsonb_build_object('label', %s::text))",
                       (text,))
    assert rollup(filled) == 12
    assert filled.psql('SELECT value FROM metrics."uniques.labels"') == '6'
