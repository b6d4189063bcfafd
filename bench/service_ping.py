"""Service Pings, against the bare queries that give the same numbers; big tables, against one statement."""

import contextlib
import os
import subprocess
import tempfile
import threading
import time

import all_metrics
import harness

BUILD = 'CALL internal_events.build_service_ping(force => true)'
NOT_PARALLEL = {'max_parallel_workers_per_gather': 0}

METRIC = """
key_path: bench.{name}
description: Metric {name}
value_type: {value_type}
status: active
time_frame: {time_frame}
data_source: database
data_category: optional
instrumentation: {instrumentation}
"""


def load(database, name, instrumentation, value_type='number', time_frame='all'):
    """Loads a metric bench.<name>."""
    text = METRIC.format(name=name, instrumentation=instrumentation, value_type=value_type, time_frame=time_frame)
    with contextlib.closing(harness.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute('SELECT internal_events.load_metric_definition(%s)', [text])


def timed(database, sql, **settings):
    """Seconds of a statement in a session of its own, and its rows."""
    with contextlib.closing(harness.connect(database, **settings)) as connection:
        return harness.seconds_of(connection, sql)


def build(database):
    """Builds a ping; returns the seconds it took, and fails where a metric did not get a value."""
    seconds, _ = timed(database, BUILD)
    bad = database.psql("SELECT string_agg(key_path || ' ' || status, ', ') FROM internal_events.service_ping_measurements "
                        "WHERE status <> 'ok'")
    if bad:
        raise RuntimeError(f'not measured: {bad}')
    return seconds


def event_metrics(bench):
    """A ping of unique metrics over dense sketches, against one query that unites them."""
    metrics = bench.size(1000, 50)
    with bench.database('ping_events') as database:
        bench.say(f'ping: loading {metrics} metrics, making sketches')
        harness.define_events(database, metrics, ['user'])
        all_metrics.fill(database, metrics, bench.size(280, 14))
        first, last = database.psql("SELECT period_start || ' ' || period_end FROM internal_events.time_frames "
                                    "WHERE time_frame = '28d'").split()
        by_hand = ('SELECT rule_id, hll_cardinality(hll_union_agg(sketch)) FROM internal_events.buckets '
                   f"WHERE day BETWEEN '{first}' AND '{last}' GROUP BY rule_id")
        found = bench.interleave('ping of event metrics', 's', {
            'ping': lambda: build(database),
            'by hand': lambda: timed(database, by_hand)[0],
        }, warm_up=True)
    return harness.Row(f'ping of {metrics:,} event metrics, 28 dense days', 'hll_union_agg, GROUP BY', 's',
                       found['ping'], found['by hand'], '<= 2')


def small_tables(database, metrics, rows):
    """Makes 20 tables and metrics of every operation on them; returns the number of metrics."""
    for number in range(20):
        database.psql(f"CREATE TABLE t{number} AS SELECT id, id % 7 AS state, id % 1000 AS owner_id, random() * 100 AS score, "
                      f"now() - id * interval '10 minutes' AS created_at FROM generate_series(1, {rows}) id; "
                      f'ALTER TABLE t{number} ADD PRIMARY KEY (id); GRANT SELECT ON t{number} TO internal_events_reader')
    shapes = [('operation: count', 'number', 'all'), ('operation: count, where: state = 3', 'number', 'all'),
              ('operation: count', 'number', '28d'), ('operation: distinct_count, column: owner_id', 'number', 'all'),
              ('operation: sum, column: score', 'number', '7d'), ('operation: average, column: score', 'number', 'all'),
              ('operation: count, group_by: state', 'object', 'all')]
    for number in range(metrics):
        table = number % 20
        if number % 8 == 7:
            load(database, f'm{number}', f'{{sql: SELECT max(id) FROM public.t{table}}}')
        else:
            keys, value_type, time_frame = shapes[number % 8]
            load(database, f'm{number}', f'{{relation: t{table}, {keys}}}', value_type, time_frame)
    database.psql('VACUUM ANALYZE')


def psql_seconds(bench, database, script):
    """Seconds that psql takes for a file of statements."""
    with tempfile.NamedTemporaryFile('w', suffix='.sql') as file:
        file.write(script)
        file.flush()
        begun = time.perf_counter()
        subprocess.run([bench.cluster.bin('psql'), '-XqAt', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', file.name,
                        database.name], env={**os.environ, **bench.cluster.env}, check=True)
        return time.perf_counter() - begun


def mixed_metrics(bench):
    """A ping of database metrics on small tables, against their bare queries run by psql."""
    metrics, rows = bench.size(400, 40), 10000
    with bench.database('ping_mixed') as database:
        bench.say(f'ping: {metrics} database metrics on tables of {rows:,} rows')
        small_tables(database, metrics, rows)
        queries = database.psql('SELECT replace(query, chr(10), chr(32)) FROM internal_events.reported_metrics '
                                'WHERE query IS NOT NULL ORDER BY key_path').splitlines()
        bare = "SET max_parallel_workers_per_gather = 0; SET jit = off;\n" + ';\n'.join(queries) + ';\n'
        found = bench.interleave('ping of mixed metrics', 's', {
            'ping': lambda: psql_seconds(bench, database, BUILD),
            'bare': lambda: psql_seconds(bench, database, bare),
        }, warm_up=True)
    return harness.Row(f'ping of {metrics} database metrics, tables of {rows:,} rows', 'their bare queries by psql', 's',
                       found['ping'], found['bare'], '<= 1.3')


class LongestTransaction:
    """Samples how old the oldest transaction of other sessions is, while the block runs."""

    def __init__(self, database):
        self.database = database
        self.seconds = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _sample(self):
        query = ("SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 FROM pg_stat_activity "
                 "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
        with contextlib.closing(harness.connect(self.database)) as connection:
            while not self._stop.wait(0.005):
                self.seconds = max(self.seconds, harness.seconds_of(connection, query)[1][0][0])


def big_table(bench):
    """Counts in batches, against one statement without parallel workers."""
    rows, users = bench.size(20_000_000, 200_000), bench.size(2_000_000, 20_000)
    with bench.database('ping_big') as database:
        bench.say(f'ping: a table of {rows:,} rows')
        database.psql(f"""
            CREATE TABLE big AS
            SELECT id, (random() * {users - 1})::integer AS user_id, now() - random() * interval '1 year' AS created_at,
                   md5(id::text) AS title
              FROM generate_series(1::bigint, {rows}) id;
            ALTER TABLE big ADD PRIMARY KEY (id);
            GRANT SELECT ON big TO internal_events_reader""")
        database.psql('VACUUM ANALYZE big')
        load(database, 'count', '{operation: count, relation: big}')
        found, longest = {}, 0.0
        with LongestTransaction(database) as watched:
            found['count'] = bench.interleave('count in batches', 's', {'ping': lambda: build(database)}, warm_up=True)['ping']
            longest = watched.seconds
        found['count(*)'] = bench.interleave('count(*)', 's', {
            'one statement': lambda: timed(database, 'SELECT count(*) FROM big', **NOT_PARALLEL)[0]}, warm_up=True)['one statement']
        load(database, 'count', '{operation: estimate_distinct_count, relation: big, column: user_id}')
        found['estimate'] = bench.interleave('estimate_distinct_count', 's', {'ping': lambda: build(database)})['ping']
        value = float(database.psql("SELECT value FROM internal_events.service_ping_measurements "
                                    "WHERE key_path = 'bench.count' ORDER BY ping_id DESC LIMIT 1"))
        exact_seconds, exact = timed(database, 'SELECT count(DISTINCT user_id) FROM big', **NOT_PARALLEL)
    error = value / exact[0][0] - 1
    return [
        harness.Row(f'count of {rows:,} rows in batches (a whole ping)', 'SELECT count(*), not parallel', 's',
                    found['count'], found['count(*)'], '<= 2', f'longest transaction {longest:.2f} s'),
        harness.Row(f'estimate_distinct_count of {rows:,} rows, {users:,} values', 'count(DISTINCT), not parallel, once', 's',
                    found['estimate'], exact_seconds, '<= 1', f'error of the estimate {error:+.2%}'),
    ]


def run(bench):
    """Measures and returns the rows."""
    return [event_metrics(bench), mixed_metrics(bench), *big_table(bench)]
