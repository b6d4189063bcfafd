"""build_service_ping(): one ping an ISO week, wherever and by whomever it is called."""

import threading

import psycopg2
import pytest

from cluster import wait_until
from measuring import CALL, FORCE, load, make_small_and_large, measured, payload, statuses
from pings import configure
from support import SECONDS, in_thread, one, session, sqlstate

DENIED = '42501'
READ_ONLY = '25006'


def count_pings(database):
    """Returns how many Service Pings are stored."""
    return int(database.psql('SELECT count(*) FROM internal_events.service_pings'))


def test_one_ping_a_week(db):
    """The job may run as often as it likes: the same id comes back, and what is stored stays as it is."""
    with session(db) as cursor:
        first = one(cursor, CALL)
        stored = one(cursor, 'SELECT p FROM internal_events.service_pings p')
        assert one(cursor, CALL) == first
        assert one(cursor, 'CALL internal_events.build_service_ping(NULL)') == first
        assert one(cursor, 'CALL internal_events.build_service_ping(12345, false)') == first
    with session(db) as cursor:
        assert one(cursor, CALL) == first
        assert one(cursor, 'SELECT p FROM internal_events.service_pings p') == stored
    assert statuses(db) == ['built']


def test_force(db):
    """Forced ones are further ones; the ping of the week is still the first."""
    with session(db) as cursor:
        first = one(cursor, CALL)
        forced = [one(cursor, FORCE) for _ in range(2)]
        assert len({first, *forced}) == 3
        assert one(cursor, CALL) == first
        cursor.execute('SELECT id, forced FROM internal_events.service_pings ORDER BY id')
        assert cursor.fetchall() == [(first, False), (forced[0], True), (forced[1], True)]
    assert statuses(db) == ['built'] * 3


def test_the_week_is_that_of_as_of(db):
    """The week is an ISO week of UTC, from Monday to Sunday; another one has a ping of its own."""
    with session(db) as cursor:
        def build_on(day):
            cursor.execute("SELECT set_config('internal_events.as_of', %s, false)", (day,))
            return one(cursor, CALL)
        monday = build_on('2025-12-29')
        # The first days of 2026 are in the same week.
        assert build_on('2026-01-01') == build_on('2026-01-04') == monday
        before, after = build_on('2025-12-28'), build_on('2026-01-05')
        assert len({before, monday, after}) == 3
        assert build_on('2025-12-22') == before
        cursor.execute('SELECT id, week::text FROM internal_events.service_pings ORDER BY week')
        assert cursor.fetchall() == [(before, '2025-12-22'), (monday, '2025-12-29'), (after, '2026-01-05')]


def test_building_off(cluster, db):
    """Where building is off, nothing is stored and nothing is said; null comes back."""
    configure(db, service_ping_building='off')
    before = cluster.log_text()
    with session(db) as cursor:
        assert one(cursor, CALL) is None
        assert one(cursor, FORCE) is None
        assert cursor.connection.notices == []
    assert cluster.log_text() == before
    assert count_pings(db) == 0
    configure(db, service_ping_building='on')
    with session(db) as cursor:
        assert one(cursor, CALL) is not None


def test_failed_ones_do_not_count(db):
    """A ping whose building failed is kept, says why, and the next call builds another one of the same week."""
    load(db, 'slow', kind='generic', sql='SELECT 1 FROM pg_sleep(0.5)')
    with session(db) as cursor:
        thread, states = in_thread(lambda: sqlstate(cursor, CALL))
        assert wait_until(lambda: statuses(db) == ['building'], SECONDS)
        # Waits for the step that is under way; the one after it fails.
        db.psql('ALTER TABLE internal_events.service_ping_measurements RENAME TO elsewhere')
        thread.join(SECONDS)
        assert states == ['42P01']
        db.psql('ALTER TABLE internal_events.elsewhere RENAME TO service_ping_measurements')
        assert one(cursor, 'SELECT status, sqlstate, payload, sent_at FROM internal_events.service_pings') == (
            'failed', '42P01', None, None)
        assert 'does not exist' in one(cursor, 'SELECT last_error FROM internal_events.service_pings')
        second = one(cursor, CALL)
        assert one(cursor, CALL) == second
    assert statuses(db) == ['failed', 'built']


def test_four_at_once(db):
    """Sessions that call at the same moment get one ping: one builds it, the others are told its id and who builds it."""
    load(db, 'slow', kind='generic', sql='SELECT 1 FROM pg_sleep(1)')
    barrier = threading.Barrier(4)

    def build():
        with session(db) as cursor:
            barrier.wait(SECONDS)
            return one(cursor, CALL), cursor.connection.notices
    waiting = [in_thread(build) for _ in range(4)]
    for thread, _ in waiting:
        thread.join(2 * SECONDS)
    answers = [result[0] for _, result in waiting]
    assert {number for number, _ in answers} == {1}
    said = [notices for _, notices in answers if notices]
    assert len(said) == 3
    assert all('Service Ping 1 is being built by process' in notices[0] for notices in said)
    assert statuses(db) == ['built']
    assert payload(db, 1)['slow'] == 1


def test_whoever_comes_later_does_not_wait(db):
    """While a ping is being built, its id comes back at once."""
    load(db, 'slow', kind='generic', sql='SELECT 1 FROM pg_sleep(3)')
    with session(db) as cursor:
        thread, states = in_thread(lambda: sqlstate(cursor, CALL))
        assert wait_until(lambda: statuses(db) == ['building'], SECONDS)
        with session(db) as other:
            assert one(other, CALL) == 1
        assert statuses(db) == ['building']
        cursor.connection.cancel()
        thread.join(SECONDS)
    assert states == ['57014']


@pytest.fixture(name='counted')
def fixture_counted(db):
    """A database with an event metric, a small table and one that is counted in batches; the values of these."""
    make_small_and_large(db, 200_000)
    load(db, 'counts.small', operation='count', relation='small')
    load(db, 'counts.large', operation='sum', relation='large', column='amount')
    return {'opened': 3, 'small': 10, 'large': int(db.psql('SELECT sum(amount) FROM large'))}


def build_in_block(database):
    """Builds in a transaction block, which is committed."""
    with session(database) as cursor:
        cursor.execute('BEGIN')
        number = one(cursor, CALL)
        cursor.execute('COMMIT')
        return number


def build_in_function(database):
    """Builds in a function, which cannot commit either."""
    database.psql("""CREATE FUNCTION build() RETURNS bigint LANGUAGE plpgsql AS $$
                     DECLARE number bigint; BEGIN CALL internal_events.build_service_ping(number); RETURN number; END $$""")
    return int(database.psql('SELECT build()'))


def build_in_do(database):
    """Builds in a DO block, which can commit, and says so."""
    said = database.psql("""DO $$ DECLARE number bigint; BEGIN CALL internal_events.build_service_ping(number);
                            RAISE NOTICE 'id %', number; END $$""", check=False)
    return int(said.rpartition('id ')[2])


def build_in_procedure(database):
    """Builds in a procedure that commits before and afterwards, too."""
    database.psql("""CREATE PROCEDURE build_it(INOUT number bigint) LANGUAGE plpgsql AS $$
                     BEGIN COMMIT; CALL internal_events.build_service_ping(number); COMMIT; PERFORM 1; END $$""")
    return int(database.psql('CALL build_it(NULL)'))


def build_without_autocommit(database):
    """Builds as psycopg2 does by default: in a block that it opens by itself."""
    with session(database, autocommit=False) as cursor:
        number = one(cursor, CALL)
        cursor.connection.commit()
        return number


CALLERS = [build_in_block, build_in_function, build_in_do, build_in_procedure, build_without_autocommit]


@pytest.mark.parametrize('caller', CALLERS)
def test_wherever_it_is_called(db, counted, caller):
    """In a transaction that cannot be ended in between the values are the same."""
    number = caller(db)
    assert payload(db, number)['counts'] == counted
    assert caller is build_in_procedure or caller is build_in_function or caller(db) == number
    assert statuses(db) == ['built']


def test_rolled_back(db, counted):
    """A transaction that is rolled back leaves no ping behind."""
    with session(db, autocommit=False) as cursor:
        assert one(cursor, CALL) is not None
        cursor.connection.rollback()
    assert count_pings(db) == 0
    with session(db) as cursor:
        assert payload(db, one(cursor, CALL))['counts'] == counted


def test_a_read_only_session(db):
    """Where nothing can be stored the error is PostgreSQL's own, and says it."""
    with session(db) as cursor:
        cursor.execute('SET default_transaction_read_only = on')
        with pytest.raises(psycopg2.Error, match='read-only transaction') as caught:
            cursor.execute(CALL)
        assert caught.value.pgcode == READ_ONLY
        assert one(cursor, 'SELECT internal_events.service_ping_payload()')['uuid'] is not None
    assert count_pings(db) == 0


@pytest.mark.usefixtures('roles')
def test_who_may_build(db, counted):
    """An admin builds without being a superuser; a reader looks at what would be sent; nobody else does either."""
    with session(db, user='admin') as cursor:
        number = one(cursor, CALL)
        assert one(cursor, 'SELECT payload FROM internal_events.service_pings')['counts'] == counted
        assert one(cursor, 'SELECT internal_events.service_ping_payload()')['counts'] == counted
    with session(db, user='reader') as cursor:
        assert one(cursor, 'SELECT internal_events.service_ping_payload()')['counts'] == counted
        assert sqlstate(cursor, CALL) == DENIED
        assert sqlstate(cursor, 'SELECT payload FROM internal_events.service_pings') == DENIED
    for name in ('writer', 'nobody'):
        with session(db, user=name) as cursor:
            assert sqlstate(cursor, CALL) == DENIED
            assert sqlstate(cursor, 'SELECT internal_events.service_ping_payload()') == DENIED
    assert payload(db, number)['counts'] == counted


@pytest.mark.usefixtures('roles')
@pytest.mark.parametrize('name', ['admin', 'reader', 'writer', 'nobody'])
def test_nobody_writes_pings(db, name):
    """What was built can only be changed by a superuser; what an admin may say about it, functions say."""
    db.psql(CALL)
    with session(db, user=name) as cursor:
        for statement in ("UPDATE internal_events.service_pings SET payload = '{}'", 'DELETE FROM internal_events.service_pings',
                          'TRUNCATE internal_events.service_pings', 'DELETE FROM internal_events.service_ping_measurements',
                          "UPDATE internal_events.instance SET uuid = gen_random_uuid()",
                          "INSERT INTO internal_events.value_schemas VALUES ('a', '{}')"):
            assert sqlstate(cursor, statement) == DENIED, statement


@pytest.mark.usefixtures('roles')
def test_an_admin_reads_no_more_than_a_reader(db):
    """SQL of a definition that an admin loads sees what internal_events_reader may see, whoever builds the ping."""
    db.psql('CREATE TABLE secret (id bigint PRIMARY KEY); INSERT INTO secret VALUES (1)')
    with session(db, user='admin') as cursor:
        cursor.execute('SELECT internal_events.load_metric_definition(%s)', (
            '{"key_path": "stolen", "description": "x", "value_type": "number", "status": "active", "time_frame": "all", '
            '"data_source": "database", "instrumentation": {"operation": "count", "relation": "secret"}}',))
        number = one(cursor, CALL)
    assert measured(db, number)['stolen'] == ('error', None, DENIED)
    db.psql('GRANT SELECT ON secret TO internal_events_reader')
    with session(db) as cursor:
        number = one(cursor, FORCE)
    assert measured(db, number)['stolen'] == ('ok', 1, None)
