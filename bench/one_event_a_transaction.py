"""One event a transaction: against a plain INSERT, an in-place sketch, and Redis."""

import contextlib
import pathlib
import shutil
import subprocess
import tempfile
import time

import harness
import ports

TRACK = r"""
\set u random(1, 1000000)
\set p random(1, 10000)
SELECT track_event('e1', user_id => :u, project_id => :p);
"""

# The same row: with the transaction's id, which the log is read by, and an id of the event.
INSERT = r"""
\set u random(1, 1000000)
\set p random(1, 10000)
INSERT INTO plain_events (xid, id, event_definition_id, cluster_id, tracked_at, user_id, project_id, send_to_snowplow)
VALUES (txid_current(), gen_random_uuid(), 1, 1, now(), :u, :p, true);
"""

UPSERT_ONE = r"""
\set u random(1, 1000000)
\set r random(1, 5)
INSERT INTO hot AS h VALUES (:r, current_date, hll_add(hll_empty(14, 5), hll_hash_bigint(:u)), 1)
    ON CONFLICT (rule_id, day) DO UPDATE
   SET sketch = hll_add(h.sketch, hll_hash_bigint(:u)), total = h.total + 1;
"""

# What the same event feeds by its three rules. In one order everywhere, or the clients would deadlock.
UPSERT_THREE = r"""
\set u random(1, 1000000)
\set p random(1, 10000)
INSERT INTO hot AS h
VALUES (1, current_date, NULL, 1),
       (2, current_date, hll_add(hll_empty(14, 5), hll_hash_bigint(:u)), NULL),
       (3, current_date, hll_add(hll_empty(14, 5), hll_hash_bigint(:p)), NULL)
    ON CONFLICT (rule_id, day) DO UPDATE
   SET sketch = hll_union(h.sketch, excluded.sketch), total = h.total + 1;
"""


def emptied(bench, database, script):
    """A side that empties the tables and runs a pgbench script."""
    def measure():
        harness.empty(database)
        database.psql('TRUNCATE hot')
        return bench.pgbench(database, script)
    return measure


def tracked_and_rolled_up(bench, database):
    """Events a second where the time of the rollup that folds them is added to that of tracking them."""
    harness.empty(database)
    database.psql('TRUNCATE internal_events.buckets')
    begun = time.perf_counter()
    bench.pgbench(database, TRACK)
    events = int(database.psql('SELECT internal_events.rollup()'))
    return events / (time.perf_counter() - begun)


@contextlib.contextmanager
def redis_server():
    """A Redis server in memory only; yields its Unix socket and its TCP address."""
    folder = tempfile.mkdtemp(prefix='ie-redis-', dir='/tmp')
    path, port = f'{folder}/redis.sock', ports.free_port()
    command = ['redis-server', '--bind', '127.0.0.1', '--port', str(port), '--unixsocket', path, '--dir', folder,
               '--save', '', '--appendonly', 'no']
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            if not harness.private_cluster.wait_until(pathlib.Path(path).exists, 10):
                raise RuntimeError('redis-server did not start')
            yield path, f'127.0.0.1:{port}'
        finally:
            server.terminate()
            server.wait()
            shutil.rmtree(folder, ignore_errors=True)


def build_redis_client():
    """Compiles the client and returns its path."""
    source = pathlib.Path(__file__).with_name('redis_client.c')
    program = harness.CHECKOUT / 'build' / 'bench' / 'redis_client'
    subprocess.run(['gcc', '-O2', '-Wall', '-Wextra', '-pthread', source, '-o', program, '-lhiredis'], check=True)
    return program


def redis_events(bench, program, address, manner):
    """A side that tracks events in Redis for a while and returns events a second."""
    def measure():
        ran = subprocess.run([program, address, str(harness.CLIENTS), str(bench.seconds), manner], check=True,
                             stdout=subprocess.PIPE, text=True)
        return float(ran.stdout)
    return measure


def run(bench):
    """Measures all three and returns their rows."""
    work = 'one event a transaction, 8 clients'
    with bench.database('one_event') as database, redis_server() as (path, address):
        harness.define_events(database, 1, ['user', 'project'])
        harness.make_twin(database)
        database.psql('CREATE TABLE hot (rule_id integer, day date, sketch hll(14, 5), total bigint, '
                      'PRIMARY KEY (rule_id, day))')
        program = build_redis_client()
        found = bench.interleave('one event a transaction', 'tps', {
            'track_event': emptied(bench, database, TRACK),
            'plain INSERT': emptied(bench, database, INSERT),
            'hll_add upsert': emptied(bench, database, UPSERT_ONE),
            'upsert of 3 buckets': emptied(bench, database, UPSERT_THREE),
            'Redis, Unix socket': redis_events(bench, program, path, 'batched'),
            'Redis, TCP': redis_events(bench, program, address, 'batched'),
            'Redis, a round trip a command': redis_events(bench, program, path, 'single'),
            'track_event and rollup': lambda: tracked_and_rolled_up(bench, database),
        })
    ours, folded = found['track_event'], found['track_event and rollup']
    feeds = f'{work}, feeding 3 rules'
    redis = found['Redis, Unix socket']
    return [
        harness.Row(work, 'plain INSERT of the same row', 'tps', ours, found['plain INSERT'], '>= 0.9'),
        harness.Row(work, 'hll_add upsert of 1 of 5 hot rows', 'tps', ours, found['hll_add upsert'], '>= 10'),
        harness.Row(work, "upsert of the event's 3 buckets", 'tps', ours, found['upsert of 3 buckets'], '>= 10'),
        harness.Row(feeds, 'Redis, Unix socket, 4 round trips', 'ev/s', ours, redis, '>= 1.5'),
        harness.Row(feeds, 'Redis, TCP loopback, 4 round trips', 'ev/s', ours, found['Redis, TCP']),
        harness.Row(feeds, 'Redis, Unix socket, 10 round trips', 'ev/s', ours, found['Redis, a round trip a command']),
        harness.Row(f'{feeds}, and the rollup', 'Redis, Unix socket, 4 round trips', 'ev/s', folded, redis),
    ]
