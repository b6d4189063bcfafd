"""One failing metric spoils nothing: it is null, its status says what went wrong, and the others have their values."""

import time

import pytest

from measuring import CALL, FORCE, load, make_table, measured, payload, statuses
from pings import configure
from support import SECONDS, in_thread, one, session

TIMEOUT = ('timeout', None, '57014')
MISSING = ('error', None, '42P01')
DENIED = ('error', None, '42501')
SECRET = 'a secret of a text'


def build(database):
    """Builds one more ping, and returns its id and how long that took."""
    begin = time.monotonic()
    with session(database) as cursor:
        number = one(cursor, FORCE)
    return number, time.monotonic() - begin


@pytest.fixture(name='mixed')
def fixture_mixed(db):
    """A database with a small and a large table and metrics on them, none of which may take long."""
    configure(db, metric_timeout='500ms')
    make_table(db, 'small', 10)
    make_table(db, 'large', 180_000)
    load(db, 'counts.small', operation='count', relation='small')
    load(db, 'counts.large', operation='count', relation='large')
    load(db, 'counts.setting', kind='setting', setting='max_prepared_transactions')
    return db


GOOD = {'counts.small': ('ok', 10, None), 'counts.large': ('ok', 180_000, None), 'counts.setting': ('ok', 10, None)}


def test_a_slow_metric(mixed):
    """It ends with its own timeout, whatever that of the session is, and so does the whole."""
    load(mixed, 'a.sleep', kind='generic', sql='SELECT 1 FROM pg_sleep(100)')
    load(mixed, 'z.sleep', kind='generic', sql='SELECT 1 FROM pg_sleep(100)')
    load(mixed, 'a.endless', operation='count', relation='small', where='pg_sleep(100) IS NULL')
    number, took = build(mixed)
    assert measured(mixed, number) == {**GOOD, 'a.sleep': TIMEOUT, 'z.sleep': TIMEOUT, 'a.endless': TIMEOUT}
    assert took < 3 * 0.5 + 2
    with session(mixed) as cursor:
        cursor.execute("SET statement_timeout = '100ms'")
        number = one(cursor, FORCE)
    assert measured(mixed, number) == {**GOOD, 'a.sleep': TIMEOUT, 'z.sleep': TIMEOUT, 'a.endless': TIMEOUT}


@pytest.mark.parametrize('table', ['small', 'large'])
def test_a_locked_table(mixed, table):
    """Whoever holds a table for himself delays a build by the timeout of the metrics that count it, and no longer."""
    with session(mixed, autocommit=False) as holder:
        holder.execute(f'LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE')
        thread, result = in_thread(lambda: build(mixed))
        thread.join(SECONDS)
        assert not thread.is_alive(), 'the build waits for the lock'
        number, took = result[0]
        assert measured(mixed, number) == {**GOOD, f'counts.{table}': TIMEOUT}
        assert took < 0.5 + 2
        thread, result = in_thread(lambda: mixed.psql('SELECT internal_events.service_ping_payload()'))
        thread.join(SECONDS)
        assert not thread.is_alive(), 'the preview waits for the lock'
    assert measured(mixed, build(mixed)[0]) == GOOD


@pytest.mark.parametrize('table', ['small', 'large'])
def test_a_table_that_is_gone(mixed, table):
    """A table that was dropped with its view is an error of its metric; loading the definition again brings both back."""
    with session(mixed) as cursor:
        cursor.execute(f'DROP TABLE {table} CASCADE')
        assert f'view metrics."counts.{table}"' in ''.join(cursor.connection.notices)
    number, _ = build(mixed)
    assert measured(mixed, number) == {**GOOD, f'counts.{table}': MISSING}
    assert payload(mixed, number)['counts'][table] is None
    make_table(mixed, table, 7)
    load(mixed, f'counts.{table}', operation='count', relation=table)
    assert mixed.psql(f'SELECT value FROM metrics."counts.{table}"') == '7'
    assert measured(mixed, build(mixed)[0]) == {**GOOD, f'counts.{table}': ('ok', 7, None)}


@pytest.mark.parametrize('table', ['small', 'large'])
def test_a_missing_privilege(mixed, table):
    """What internal_events_reader may not read is an error of that metric, and none as soon as it may."""
    mixed.psql(f'REVOKE SELECT ON {table} FROM internal_events_reader')
    assert measured(mixed, build(mixed)[0]) == {**GOOD, f'counts.{table}': DENIED}
    mixed.psql(f'GRANT SELECT ON {table} TO internal_events_reader')
    assert measured(mixed, build(mixed)[0]) == GOOD


def test_tables_that_change_meanwhile(mixed):
    """A column that is gone, a table that is another one now: errors of their metrics."""
    load(mixed, 'counts.users', operation='distinct_count', relation='small', column='user_id')
    load(mixed, 'counts.amounts', operation='sum', relation='large', column='amount')
    mixed.psql('ALTER TABLE small DROP COLUMN user_id CASCADE; ALTER TABLE large DROP COLUMN amount CASCADE')
    gone = ('error', None, '42703')
    assert measured(mixed, build(mixed)[0]) == {**GOOD, 'counts.users': gone, 'counts.amounts': gone}
    mixed.psql('DROP TABLE small CASCADE; CREATE VIEW small AS SELECT 1 AS id; GRANT SELECT ON small TO internal_events_reader')
    assert measured(mixed, build(mixed)[0])['counts.small'] == ('ok', 1, None)


# What a generic metric may return, and how that is reported.
WRONG = {
    'division': ("SELECT 1 / (SELECT 0)", '22012'),
    'two_rows': ('SELECT n FROM generate_series(1, 2) n', '21000'),
    'text': ("SELECT 'twelve'", '22023'),
    'raised': (f"SELECT (SELECT '{SECRET}'::text)::integer", '22P02'),
    'not_a_number': ("SELECT 'NaN'::float8", '22023'),
}
FINE = {'none': ('SELECT 1 WHERE false', None), 'null': ('SELECT NULL::integer', None), 'one': ('SELECT 1', 1),
        'precise': ('SELECT 12345678901234567890.5', 12345678901234567890.5)}


def test_wrong_values(mixed):
    """Errors and values of another type are null in the ping; what went wrong stays in the database."""
    load_errors = {name: load(mixed, f'wrong.{name}', kind='generic', sql=sql) for name, (sql, _) in WRONG.items()}
    for name, (sql, _) in FINE.items():
        load(mixed, f'fine.{name}', kind='generic', sql=sql)
    assert not any('ERROR' in said for said in load_errors.values()), load_errors
    number, _ = build(mixed)
    found = measured(mixed, number)
    assert {path: found[path] for path in GOOD} == GOOD
    for name, (_, code) in WRONG.items():
        assert found[f'wrong.{name}'] == ('error', None, code), name
    for name, (_, value) in FINE.items():
        assert found[f'fine.{name}'] == ('ok', value, None), name
    assert set(payload(mixed, number)['wrong'].values()) == {None}
    everything = mixed.psql(f'SELECT payload, metadata FROM internal_events.service_pings WHERE id = {number}')
    assert SECRET not in everything and 'zero' not in everything
    assert SECRET in mixed.psql('SELECT message FROM internal_events.service_ping_measurements')


def test_the_value_of_failed_metrics(mixed):
    """Receivers that expect -1 get it, for what failed and for nothing else."""
    configure(mixed, failed_metric_value='-1')
    load(mixed, 'wrong.slow', kind='generic', sql='SELECT 1 FROM pg_sleep(100)')
    load(mixed, 'wrong.zero', kind='generic', sql='SELECT 1 / (SELECT 0)')
    load(mixed, 'fine.null', kind='generic', sql='SELECT NULL::integer')
    load(mixed, 'fine.unknown', more={'instrumentation': None, 'instrumentation_class': 'NoSuchMetric'})
    number, _ = build(mixed)
    said = payload(mixed, number)
    assert said['wrong'] == {'slow': -1, 'zero': -1}
    assert said['fine'] == {'null': None, 'unknown': None}
    assert measured(mixed, number)['fine.unknown'] == ('not_instrumented', None, None)


def test_nothing_that_a_metric_does_stays(mixed):
    """SQL of a definition that writes, or tries to leave its place, is an error, and has done nothing."""
    mixed.psql("""CREATE TABLE written (n integer); GRANT ALL ON written TO internal_events_reader, PUBLIC;
                  CREATE FUNCTION write() RETURNS integer LANGUAGE plpgsql AS $$
                      BEGIN INSERT INTO written VALUES (1); RETURN 1; END $$;
                  CREATE FUNCTION escape() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RESET ROLE; RETURN 1; END $$;
                  CREATE FUNCTION unlock() RETURNS integer LANGUAGE plpgsql AS $$
                      BEGIN SET LOCAL transaction_read_only = off; INSERT INTO written VALUES (1); RETURN 1; END $$""")
    for name in ('write', 'escape', 'unlock'):
        load(mixed, f'bad.{name}', kind='generic', sql=f'SELECT public.{name}()')
    load(mixed, 'bad.setting', kind='generic',
         sql="SELECT length(set_config('internal_events.service_ping_categories', '', false)) + 1 / (SELECT 0)")
    found = measured(mixed, build(mixed)[0])
    assert {path: found[path] for path in GOOD} == GOOD
    assert {found[f'bad.{name}'][0] for name in ('write', 'escape', 'unlock', 'setting')} == {'error'}
    assert mixed.psql('SELECT count(*) FROM written') == '0'
    assert len(measured(mixed, build(mixed)[0])) == len(found)


def test_errors_are_not_failures_of_the_ping(mixed):
    """However many metrics fail, the ping is built, and is that of the week."""
    mixed.psql('DROP TABLE small, large CASCADE')
    with session(mixed) as cursor:
        assert one(cursor, CALL) == one(cursor, CALL)
    assert statuses(mixed) == ['built']
