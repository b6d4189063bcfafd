"""Large tables are counted in batches of less than a second: watched, disturbed, and compared with count(*)."""

import itertools
import time

import pytest

from cluster import wait_until
from measuring import FORCE, counts_batches, load, make_table, measured, progress
from support import SECONDS, Background, in_thread, one, session, sqlstate

ORDERS = 3_000_000
TOKENS = 300_000
LONGEST = 1.0
CLUSTER = {'conf': {'max_wal_size': '4GB', 'checkpoint_timeout': '1h', 'autovacuum': 'off'}}

# A condition that is always true and takes a while.
SLOW = "md5(repeat(filler, 500)) <> ''"

# A metric and the plain SQL of the same value.
METRICS = {
    'large.orders': ({'operation': 'count', 'relation': 'orders'}, 'SELECT count(*) FROM orders'),
    'large.users': ({'operation': 'count', 'relation': 'orders', 'column': 'user_id'},
                    'SELECT count(user_id) FROM orders'),
    'large.paid': ({'operation': 'count', 'relation': 'orders', 'where': "state = 'paid' -- all of them"},
                   "SELECT count(*) FROM orders WHERE state = 'paid'"),
    'large.amount': ({'operation': 'sum', 'relation': 'orders', 'column': 'amount'}, 'SELECT sum(amount) FROM orders'),
    'large.by_state': ({'operation': 'count', 'relation': 'orders', 'group_by': 'state'},
                       "SELECT jsonb_object_agg(g.state, g.n) FROM (SELECT coalesce(state, 'null') AS state, count(*) AS n "
                       "FROM orders GROUP BY 1) g"),
    'large.ids': ({'operation': 'distinct_count', 'relation': 'orders', 'column': 'id'},
                  'SELECT count(DISTINCT id) FROM orders'),
    'large.some': ({'operation': 'count', 'relation': 'orders', 'start': 1000, 'finish': '(SELECT 2000000) -- so far',
                    'batch_size': 700000}, 'SELECT count(*) FROM orders WHERE id BETWEEN 1000 AND 2000000'),
    'large.average': ({'operation': 'average', 'relation': 'tokens', 'column': 'amount'}, 'SELECT avg(amount) FROM tokens'),
    'large.tokens': ({'operation': 'count', 'relation': 'tokens', 'batch_size': 20000}, 'SELECT count(*) FROM tokens'),
}
RECENT = """SELECT count(*) FROM orders
             WHERE created_at BETWEEN %(moment)s::timestamptz - interval '720 hours' AND %(moment)s::timestamptz - interval '48 hours'"""


@pytest.fixture(scope='module', name='large')
def fixture_large(cluster, template):
    """A database with two large tables: one by an integer with a hole in its ids, one by a UUID; and their metrics."""
    database = cluster.createdb('large', template)
    make_table(database, 'orders', ORDERS, persistence='UNLOGGED')
    database.psql('UPDATE orders SET id = id + 50000000 WHERE id > 2900000')
    make_table(database, 'tokens', TOKENS, kind='uuid', persistence='UNLOGGED')
    return database


@pytest.fixture(name='db')
def fixture_db(large):
    """The large database, whose definitions, Service Pings and further rows are gone afterwards."""
    yield large
    large.psql("""
        SELECT internal_events.load_metric_definition((definition || '{"status": "removed"}')::text)
          FROM internal_events.metric_definitions WHERE status = 'active';
        TRUNCATE internal_events.service_pings, internal_events.service_ping_measurements;
        DELETE FROM orders WHERE id BETWEEN 2900001 AND 50000000;
        DELETE FROM tokens WHERE filler = ''""")


class Watch:
    """What another session sees of a session that builds, every few milliseconds."""

    def __init__(self, database, pid):
        self._database = database
        self._pid = pid
        self.longest = 0
        self.transactions = set()
        self.horizons = set()
        self.shown = []

    def look(self, cursor):
        """Looks once."""
        age, began, horizon = one(cursor, '''
            SELECT extract(epoch FROM clock_timestamp() - xact_start)::float8, xact_start, backend_xmin::text
              FROM pg_stat_activity WHERE pid = %s''', (self._pid,))
        if began:
            self.longest = max(self.longest, age)
            self.transactions.add(began)
        if horizon:
            self.horizons.add(horizon)
        row = one(cursor, 'SELECT to_jsonb(p) FROM internal_events.service_ping_progress p')
        if row and row not in self.shown[-1:]:
            self.shown.append(row)

    def until(self, thread):
        """Looks until a thread ends."""
        with session(self._database) as cursor:
            while thread.is_alive():
                self.look(cursor)
                time.sleep(0.01)


def watch_build(database):
    """Builds a ping; returns its id and what was seen of that."""
    with session(database) as cursor:
        watch = Watch(database, cursor.connection.info.backend_pid)
        thread, result = in_thread(lambda: one(cursor, FORCE))
        watch.until(thread)
    return result[0], watch


def test_watched(db):
    """No transaction is long, the values are those of plain SQL, and the progress is there to be seen."""
    for key_path, (block, _) in METRICS.items():
        load(db, key_path, value_type='object' if 'group_by' in block else 'number', **block)
    ping, watch = watch_build(db)
    with session(db) as cursor:
        expected = {key_path: ('ok', one(cursor, sql), None) for key_path, (_, sql) in METRICS.items()}
    expected['large.average'] = ('ok', pytest.approx(float(expected['large.average'][1])), None)
    assert measured(db, ping) == expected
    assert watch.longest < LONGEST
    # The horizon of VACUUM moves with each transaction.
    assert len(watch.transactions) > 30 and len(watch.horizons) > 30
    check_progress(db, ping, watch.shown)


def check_progress(database, ping, shown):
    """Asserts that the view told which of the metrics was being counted, and how far that was."""
    assert all((row['ping_id'], row['is_running']) == (ping, True) for row in shown)
    planned = database.psql(f'SELECT count(*) FROM internal_events.service_ping_measurements WHERE ping_id = {ping}')
    assert {row['metrics'] for row in shown} == {int(planned)}
    # Between the last metric and the document none is being counted.
    counting = [row for row in shown if row['key_path'] is not None]
    places = [(row['measured'], row['batch']) for row in counting]
    assert places == sorted(places)
    counted = {row['key_path'] for row in counting if row['batch'] > 1}
    assert counted >= set(METRICS) - {'large.some', 'large.average'}
    assert all(row['batches'] is None or row['batches'] >= row['batch'] for row in counting)
    assert any(row['batches'] for row in counting if row['key_path'] == 'large.orders')


def test_estimates_and_times(db):
    """An estimate says its error and keeps to it; rows of a time frame are those of that time."""
    load(db, 'estimate', operation='estimate_distinct_count', relation='orders', column='id')
    load(db, 'recent', time_frame='28d', operation='count', relation='orders')
    ping, watch = watch_build(db)
    with session(db) as cursor:
        values = measured(db, ping)
        assert values['estimate'] == ('ok', pytest.approx(ORDERS, rel=0.03), None)
        moment = one(cursor, 'SELECT moment FROM internal_events.service_pings')
        assert values['recent'] == ('ok', one(cursor, RECENT, {'moment': moment}), None)
        cursor.execute('SELECT e ->> \'standard_error\' FROM internal_events.service_pings, '
                       'json_array_elements(metadata -> \'metrics\') e WHERE e ->> \'name\' = \'estimate\'')
        assert cursor.fetchall() == [('0.0081',)]
    assert watch.longest < LONGEST


def test_a_batch_that_turns_out_slow(db):
    """Where a batch takes too long it is given up and tried smaller: no transaction is long, no row counts twice."""
    load(db, 'slow_end', operation='count', relation='orders',
         where=f'id < 52980000 OR {SLOW}')
    ping, watch = watch_build(db)
    assert measured(db, ping) == {'slow_end': ('ok', ORDERS, None)}
    assert watch.longest < LONGEST
    sizes = [row['batch'] for row in watch.shown if row['key_path'] == 'slow_end']
    assert sizes == sorted(sizes)


def test_vacuum_goes_on(db):
    """Rows that were deleted while a ping is being built can be vacuumed a second later."""
    load(db, 'long', operation='count', relation='orders', where=SLOW)
    db.psql('CREATE TABLE churn AS SELECT generate_series(1, 1000) AS n')
    with session(db) as cursor, session(db) as other:
        thread, states = in_thread(lambda: sqlstate(cursor, FORCE))
        assert counts_batches(db, 'long')
        other.execute('DELETE FROM churn')
        deleted = time.monotonic()

        def vacuumed():
            other.execute('VACUUM (VERBOSE) churn')
            return '0 remain, 0 are dead but not yet removable' in ''.join(other.connection.notices[-3:])
        assert wait_until(vacuumed, SECONDS)
        took = time.monotonic() - deleted
        assert progress(db) is not None, 'the ping was built before anything could be seen'
        assert took < 2 * LONGEST
        cursor.connection.cancel()
        thread.join(SECONDS)
        assert states == ['57014']
    db.psql('DROP TABLE churn')


def test_traffic(db):
    """Rows that come, change and go meanwhile do no harm: what stays counts once, what comes and goes at most once."""
    load(db, 'counts.all', operation='count', relation='orders')
    load(db, 'counts.paid', operation='count', relation='orders', where="state = 'paid'")
    load(db, 'counts.tokens', operation='count', relation='tokens')
    db.psql("INSERT INTO orders SELECT n, 1, 1, 'old', now(), '' FROM generate_series(2900001, 2950000) n")
    number = itertools.count(2950001)
    with session(db) as first, session(db) as second, Background() as background:
        def come_and_go():
            new = next(number)
            first.execute("INSERT INTO orders SELECT %s, 1, 1, 'new', now(), ''", (new,))
            first.execute('DELETE FROM orders WHERE id BETWEEN %s AND %s', (new - 50000, new - 49990))
            first.execute("INSERT INTO tokens SELECT gen_random_uuid(), 1, 1, 'new', now(), ''")

        def change():
            second.execute("UPDATE orders SET filler = 'y' || filler WHERE id = ANY (ARRAY("
                           "SELECT (random() * 2900000)::bigint FROM generate_series(1, 100)))")
        background.repeat(come_and_go, 0.001)
        background.repeat(change, 0.001)
        ping, watch = watch_build(db)
        came = next(number) - 2950001
    values = {path: value for path, (_, value, _) in measured(db, ping).items()}
    assert values['counts.paid'] == ORDERS / 3
    assert came > 20
    assert ORDERS <= values['counts.all'] <= ORDERS + 50000 + came
    assert TOKENS <= values['counts.tokens'] <= TOKENS + came
    # Traffic takes its share of the machine.
    assert watch.longest < 2 * LONGEST


def test_statement_timeout(cluster, db):
    """The session's or the role's statement_timeout is about statements of a session, not about the building."""
    load(db, 'counts.all', operation='count', relation='orders')
    cluster.psql("CREATE ROLE hasty LOGIN IN ROLE internal_events_admin; ALTER ROLE hasty SET statement_timeout = '100ms'")
    try:
        with session(db, user='hasty') as cursor:
            assert one(cursor, 'SHOW statement_timeout') == '100ms'
            ping = one(cursor, FORCE)
            # It counts again for whatever comes next.
            assert sqlstate(cursor, 'SELECT pg_sleep(5)') == '57014'
        assert measured(db, ping) == {'counts.all': ('ok', ORDERS, None)}
        assert took(db, ping) > 0.1
    finally:
        cluster.psql('DROP ROLE hasty')


def took(database, ping):
    """Returns how long a Service Ping took, in seconds."""
    return float(database.psql(f"SELECT metadata ->> 'elapsed' FROM internal_events.service_pings WHERE id = {ping}"))
