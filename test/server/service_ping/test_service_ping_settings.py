"""Whatever a session has set, the values of a Service Ping are the same."""

import pytest

from cluster import wait_until
from measuring import CALL, FORCE, load, make_table, measured, payload, statuses
from pings import configure
from support import SECONDS, in_thread, one, session, sqlstate, waits_for_lock

SETTINGS = {
    'TimeZone': 'Pacific/Kiritimati', 'DateStyle': 'SQL, DMY', 'IntervalStyle': 'iso_8601', 'bytea_output': 'escape',
    'standard_conforming_strings': 'off', 'extra_float_digits':  '-15', 'transform_null_equals': 'on',
    'quote_all_identifiers': 'on', 'array_nulls': 'off', 'xmlbinary': 'hex', 'row_security': 'off', 'lc_messages': 'C', 'jit_above_cost': '0',
    'default_transaction_isolation': 'serializable', 'default_transaction_deferrable': 'on', 'statement_timeout': '300ms',
    'lock_timeout': '50ms', 'idle_in_transaction_session_timeout': '50ms', 'enable_seqscan': 'off', 'force_parallel_mode': 'on',
    'client_encoding': 'LATIN1', 'client_min_messages': 'debug5', 'session_replication_role': 'replica', 'work_mem': '64kB',
    'default_table_access_method': 'heap', 'plpgsql.variable_conflict': 'use_column', 'check_function_bodies': 'off',
    'internal_events.enabled': 'off', 'internal_events.on_error': 'error', 'cursor_tuple_fraction': '0.1',
}

GENERIC = {
    'text.time': "SELECT timestamptz '2026-02-03 04:05+00'::text",
    'text.interval': "SELECT interval '1 day 2 hours'::text",
    'text.bytes': "SELECT '\\x4142'::bytea::text",
    'text.backslash': "SELECT 'a\\b'",
    'text.float': 'SELECT (1.0::float8 / 3)::text',
    'text.null': "SELECT CASE WHEN coalesce((SELECT NULL::integer) = NULL, false) THEN 'equal' ELSE 'not' END",
    'text.path': "SELECT current_setting('search_path')",
    'text.user': 'SELECT current_user::text',
    'text.parallel': "SELECT current_setting('max_parallel_workers_per_gather')",
}

# Objects that would be found first by names without a schema.
HOSTILE = '''
    CREATE SCHEMA hostile;
    CREATE FUNCTION {schema}.format(text, VARIADIC "any") RETURNS text LANGUAGE internal AS 'text_format_nv';
    CREATE FUNCTION {schema}.count(bigint) RETURNS bigint LANGUAGE sql RETURN -1;
    CREATE FUNCTION {schema}.now() RETURNS timestamptz LANGUAGE sql RETURN 'infinity'::timestamptz;
    CREATE FUNCTION {schema}.to_jsonb(anyelement) RETURNS jsonb LANGUAGE sql AS 'SELECT ''"hostile"''::jsonb';
    CREATE FUNCTION {schema}.equal(bigint, bigint) RETURNS boolean LANGUAGE sql RETURN false;
    CREATE OPERATOR {schema}.= (FUNCTION = {schema}.equal, LEFTARG = bigint, RIGHTARG = bigint);
    CREATE OPERATOR {schema}.>= (FUNCTION = {schema}.equal, LEFTARG = bigint, RIGHTARG = bigint);
    CREATE OPERATOR {schema}.<= (FUNCTION = {schema}.equal, LEFTARG = bigint, RIGHTARG = bigint);
    CREATE FUNCTION {schema}.joined(text, text) RETURNS text LANGUAGE sql RETURN 'hostile';
    CREATE OPERATOR {schema}.|| (FUNCTION = {schema}.joined, LEFTARG = text, RIGHTARG = text);
    CREATE TABLE {schema}.pg_class (n integer);
    CREATE TABLE {schema}.large (n integer);
    CREATE TYPE {schema}.bigint AS (n integer);
    CREATE TYPE {schema}.text AS (n integer);
    GRANT USAGE ON SCHEMA {schema} TO PUBLIC;
'''


DATABASE = {
    'counts.large': {'operation': 'count', 'relation': 'large'},
    'counts.paid': {'operation': 'count', 'relation': 'large', 'where': "state = 'paid' AND filler <> 'a\\' -- as ever"},
    'counts.timed': {'operation': 'count', 'relation': 'timed', 'batch_size': 20000},
    'counts.floats': {'operation': 'count', 'relation': 'floats', 'batch_size': 20000},
    'sums.floats': {'operation': 'sum', 'relation': 'floats', 'column': 'n'},
    'averages.floats': {'operation': 'average', 'relation': 'large', 'column': 'amount'},
}


@pytest.fixture(scope='module', name='counted')
def fixture_counted(cluster, template):
    """A database with metrics of all kinds whose SQL or whose bounds a setting could change, and a fixed day."""
    database = cluster.createdb('counted', template)
    configure(database, as_of='2026-11-20')
    make_table(database, 'large', 130_000)
    database.psql("""
        CREATE TABLE timed AS
            SELECT timestamptz '2026-11-20 00:00:00.123457+00' - n * interval '61.000001 seconds' AS created_at,
                   repeat('x', 120) AS filler
              FROM generate_series(1, 120000) n;
        ALTER TABLE timed ADD PRIMARY KEY (created_at);
        CREATE TABLE floats AS SELECT sqrt(n)::float8 AS x, n, repeat('x', 110) AS filler FROM generate_series(1, 120000) n;
        ALTER TABLE floats ADD PRIMARY KEY (x);
        GRANT SELECT ON timed, floats TO internal_events_reader""")
    for name, block in DATABASE.items():
        load(database, name, **block)
    load(database, 'counts.recent', time_frame='28d', operation='count', relation='timed')
    load(database, 'objects.state', value_type='object', operation='count', relation='large', group_by='state')
    for name, sql in GENERIC.items():
        load(database, name, time_frame='none', value_type='string', kind='generic', sql=sql)
    return database


@pytest.fixture(scope='module', name='usual')
def fixture_usual(counted):
    """How the metrics are measured where nothing is set: all of them well, and as plain SQL says."""
    with session(counted) as cursor:
        found = measured(counted, one(cursor, FORCE))
        assert {status for status, _, _ in found.values()} == {'ok'}
        assert len(found) == len(DATABASE) + len(GENERIC) + 2
        for table in ('large', 'timed', 'floats'):
            assert found[f'counts.{table}'][1] == one(cursor, f'SELECT count(*) FROM {table}')
        assert found['sums.floats'][1] == one(cursor, 'SELECT sum(n) FROM floats')
        assert found['counts.recent'][1] == one(cursor, """
            SELECT count(*) FROM timed WHERE created_at BETWEEN '2026-10-21 00:00+00' AND '2026-11-18 00:00+00'""")
    return found


def known(database, name):
    """Says whether this version of PostgreSQL has a setting."""
    return '.' in name or database.psql(
        f"SELECT count(*) FROM pg_settings WHERE lower(name) = lower('{name}')") == '1'


@pytest.mark.parametrize('name', SETTINGS)
def test_a_setting(counted, usual, name):
    """A setting of the session changes no value, neither of the ping nor of the preview."""
    if not known(counted, name):
        pytest.skip(f'this version of PostgreSQL has no setting {name}')
    with session(counted) as cursor:
        cursor.execute(f"SET {name} = '{SETTINGS[name]}'")
        number = one(cursor, FORCE)
        assert one(cursor, f"SELECT current_setting('{name}')") == SETTINGS[name]
    assert measured(counted, number) == usual


def test_all_settings_at_once(counted, usual):
    """All of them together, as a role's, and the preview with them."""
    with session(counted) as cursor:
        for name, value in SETTINGS.items():
            if name not in ('statement_timeout', 'default_transaction_deferrable') and known(counted, name):
                cursor.execute(f"SET {name} = '{value}'")
        preview = one(cursor, 'SELECT internal_events.service_ping_payload()')
        number = one(cursor, FORCE)
    assert measured(counted, number) == usual
    built = payload(counted, number)
    for changing in ('recorded_at', 'database'):
        del preview[changing], built[changing]
    assert preview == built
    assert built['text'] == {path.partition('.')[2]: usual[path][1] for path in GENERIC}


@pytest.mark.parametrize('place', ['schema', 'temporary'])
def test_objects_in_front(counted, usual, place):
    """Objects of others that names without a schema would find first are never found."""
    with session(counted) as cursor:
        if place == 'schema':
            cursor.execute(HOSTILE.format(schema='hostile'))
            cursor.execute('SET search_path = hostile, public, pg_catalog')
        else:
            cursor.execute('CREATE TEMPORARY TABLE pg_class (n integer); CREATE TEMPORARY TABLE large (n integer); '
                           'CREATE TEMPORARY TABLE service_pings (n integer); CREATE TYPE pg_temp.int8 AS (n integer)')
            cursor.execute('SET search_path = pg_temp, public, pg_catalog')
        number = one(cursor, FORCE)
        assert measured(counted, number) == usual
        preview = one(cursor, 'SELECT internal_events.service_ping_payload()')
        assert preview['counts'] == payload(counted, number)['counts']
    counted.psql('DROP SCHEMA IF EXISTS hostile CASCADE')


@pytest.mark.parametrize('isolation', ['repeatable read', 'serializable'])
def test_isolation_of_two_at_once(db, isolation):
    """Two that begin at once, each with its snapshot of before, still build one ping."""
    load(db, 'slow', kind='generic', sql='SELECT 1 FROM pg_sleep(0.3)')
    with session(db, autocommit=False) as holder, session(db) as first, session(db) as second:
        holder.execute('LOCK TABLE internal_events.service_pings IN SHARE ROW EXCLUSIVE MODE')
        waiting = []
        for cursor in (first, second):
            cursor.execute(f"SET default_transaction_isolation = '{isolation}'")
            waiting.append(in_thread(lambda cursor=cursor: sqlstate(cursor, CALL)))
        assert wait_until(lambda: waits_for_lock(db, first.connection.info.backend_pid)
                          and waits_for_lock(db, second.connection.info.backend_pid), SECONDS)
        holder.connection.commit()
        for thread, _ in waiting:
            thread.join(SECONDS)
        assert [result for _, result in waiting] == [[None], [None]]
    assert statuses(db) == ['built']
