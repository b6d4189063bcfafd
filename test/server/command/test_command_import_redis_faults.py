"""internal-events import-redis, where Redis holds what it should not, goes away, or lets nobody in."""

import socket
import subprocess

import pytest

from cluster import Database, wait_until
from command import COMMAND, environment, run, run_json
from ports import free_port
from redis_server import RedisServer
from support import load_event, load_metric, one, session

NUMBERS = ('imported', 'present', 'skipped', 'damaged', 'unknown', 'gone')
# Each in several portions of 500: counters come first, in the order of their names.
WEEKS = [f'{year}-{week:02d}' for year in range(2010, 2024) for week in range(1, 51)]
WAITING = '''
    SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'internal-events' AND wait_event_type = 'Lock'
'''


@pytest.fixture(name='defined')
def _defined(db):
    """A database with two events, one of which has a unique metric."""
    load_event(db, 'opened')
    load_event(db, 'closed')
    load_metric(db, 'users', {'name': 'opened', 'unique': 'user.id'}, time_frame=['7d', '28d', 'all'])
    return db


def numbers(answer):
    """The numbers of an answer that are not 0."""
    return {name: answer[name] for name in NUMBERS if answer[name]}


def test_hostile_keys(defined, redis_server, redis):
    """Damaged values, other types and names that are no text spoil nothing, and do not reach the terminal."""
    redis.add('{hll_counters}_opened-user-2024-10', range(5000))
    redis.call('COPY', '{hll_counters}_opened-user-2024-10', '{hll_counters}_opened-user-2024-11')
    redis.call('SETRANGE', '{hll_counters}_opened-user-2024-11', 12303, b'\xff')
    redis.call('SETRANGE', '{hll_counters}_opened-user-2024-12', 100 << 20, 'x')
    redis.call('SET', '{hll_counters}_opened-user-2024-13', 'HYLL')
    redis.call('RPUSH', '{hll_counters}_opened-user-2024-14', 'x')
    redis.call('SET', '{event_counters}_opened', '12 ')
    redis.call('SET', '{event_counters}_closed', '')
    for name in (b'\x1b]0;title\x07', b'\xff\xfe', b'a\nb', b'\0', 'größe'.encode(), b'x' * 100000):
        redis.call('SET', b'{hll_counters}_' + name, 'x')
    ran = run('import-redis', '--redis', redis_server.url, '-v', database=defined, status=1)
    assert not set(ran.stdout) & {'\x1b', '\x07', '\0'}
    assert '\\x1b]0;title\\x07' in ran.stdout and '{hll_counters}_a\\nb\n' in ran.stdout
    answer = run_json('import-redis', '--redis', redis_server.url, database=defined, status=1)
    assert numbers(answer) == {'present': 1, 'skipped': 1, 'damaged': 4, 'unknown': 6, 'gone': 1}
    by_reason = {part['reason']: part['keys'] for part in answer['reasons']}
    assert by_reason['longer than a sketch of Redis can be'] == ['{hll_counters}_opened-user-2024-12']
    assert by_reason['a register above 51, which no element gives'] == ['{hll_counters}_opened-user-2024-11']
    assert by_reason['shorter than the header of a sketch'] == ['{hll_counters}_opened-user-2024-13']
    assert by_reason['it holds no count: digits, at most 15 of them'] == ['{event_counters}_opened']
    assert by_reason['it is no string, but a list, a hash or the like'] == ['{hll_counters}_opened-user-2024-14']


@pytest.mark.parametrize('encoding', ['LATIN1', 'SQL_ASCII'])
def test_databases_of_other_encodings(cluster, redis_server, redis, encoding):
    """Keys are compared as text, whatever the database keeps text in; what it has no letters for is unknown."""
    cluster.psql(f"CREATE DATABASE other ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    other = Database(cluster, 'other')
    try:
        other.psql("SET client_encoding = 'UTF8'; CREATE EXTENSION internal_events CASCADE")
        load_event(other, 'opened')
        with session(other, client_encoding='UTF8') as cursor:
            cursor.execute("SELECT internal_events.load_metric_definition(%s)", (
                '{key_path: a, description: a, value_type: number, status: active, time_frame: 7d, '
                'data_source: internal_events, events: [{name: opened, unique: user.id, filter: {label: größe}}]}',))
        for label in ('größe', '例え'):
            redis.add(f'{{hll_counters}}_opened-filter:[label:{label}]-user-2024-10', [1, 2])
        redis.call('SET', b'{event_counters}_\xff', 1)
        answer = run_json('import-redis', '--redis', redis_server.url, database=other)
        assert numbers(answer) == {'imported': 1, 'unknown': 2}
        with session(other, client_encoding='UTF8') as cursor:
            assert one(cursor, "SELECT internal_events.unique_count('opened', 'user.id', '2024-03-04', '2024-03-04', "
                       "jsonb_build_object('label', %s::text))", ('größe',)) == 2
    finally:
        cluster.psql('DROP DATABASE other WITH (FORCE)')


def start(url, database):
    """Starts the command and returns its process."""
    return subprocess.Popen([COMMAND, 'import-redis', '--redis', url], env=environment(database),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(('fault', 'done', 'message'), [
    # The server may notice that the client is gone before it commits, or after it.
    ('killed', (500, 1000), ''),
    ('database', (500,), 'terminating connection due to administrator command'),
    ('redis', (1000,), 'lost the connection to Redis at ')])
def test_an_interrupted_run_goes_on(defined, redis_server, redis, fault, done, message):
    """What was done before a fault in the second portion stays done, and the next run does the rest, once."""
    redis.add('any', range(2000))
    for week in WEEKS:
        redis.call('COPY', 'any', f'{{hll_counters}}_opened-user-{week}')
        redis.call('SET', f'{{event_counters}}_opened-{week}', 7)
    with session(defined, autocommit=False) as cursor:
        cursor.execute("SELECT internal_events.import_redis_counter('{event_counters}_opened-2023-01', 5)")
        cursor.connection.commit()
        cursor.execute('SELECT FROM internal_events.redis_imports FOR UPDATE')
        command = start(redis_server.url, defined)
        assert wait_until(lambda: defined.psql(WAITING), 60)
        if fault == 'killed':
            command.kill()
        elif fault == 'database':
            defined.psql(f'SELECT pg_terminate_backend(pid) FROM ({WAITING}) w')
        else:
            redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        cursor.connection.rollback()
    _, errors = command.communicate(timeout=60)
    if fault != 'killed':
        assert command.returncode == 1
        assert message in errors and f'Until then {done[0]} of 1400 keys were done, and what was imported stays.' in errors
    assert wait_until(lambda: not defined.psql(WAITING.replace("= 'Lock'", 'IS DISTINCT FROM NULL')), 60)
    answer = run_json('import-redis', '--redis', redis_server.url, database=defined)
    assert answer['present'] in done and numbers(answer) == {'imported': 1400 - answer['present'],
                                                             'present': answer['present']}
    with session(defined) as cursor:
        assert one(cursor, 'SELECT (sum(b.total), count(b.sketch))::text FROM internal_events.buckets b') == '(4900,700)'
        assert one(cursor, 'SELECT bool_and(c.ok) FROM internal_events.check_consistency() c')


def test_beside_rollups(defined, redis_server, redis):
    """Events that are tracked and rolled up while keys are taken over are all counted, and nobody waits for ever."""
    for week in WEEKS:
        redis.call('SET', f'{{event_counters}}_opened-{week}', 7)
    command = start(redis_server.url, defined)
    tracked = 0
    with session(defined) as cursor:
        while command.poll() is None:
            cursor.execute("SELECT track_event('opened', %s, occurred_at => now() - interval '20 days')", (tracked,))
            cursor.execute('SELECT internal_events.rollup()')
            tracked += 1
        assert command.returncode == 0, command.communicate()
        assert one(cursor, 'SELECT sum(total) FROM internal_events.buckets WHERE total IS NOT NULL') == 4900 + tracked
        assert one(cursor, 'SELECT bool_and(c.ok) FROM internal_events.check_consistency() c')
    command.communicate()


def test_logging_in(defined):
    """Passwords come from the URL or from REDISCLI_AUTH, are never shown, and databases are told apart."""
    with RedisServer('--requirepass', 's3cret/') as server:
        connection = server.connect()
        connection.call('AUTH', 's3cret/')
        connection.call('SELECT', 2)
        connection.call('SET', '{event_counters}_opened', 3)
        connection.close()
        for url, env in ((f'unix://:s3cret%2F@{server.socket}?db=2', {}),
                         (f'unix://default:s3cret%2F@{server.socket}?db=2', {}),
                         (f'unix://{server.socket}?db=2', {'REDISCLI_AUTH': 's3cret/'})):
            ran = run('import-redis', '--redis', url, database=defined, env=env)
            assert 'database 2' in ran.stderr and 's3cret' not in ran.stderr + ran.stdout
        by_environment = run('import-redis', database=defined, env={'REDIS_URL': f'unix://:s3cret%2F@{server.socket}'})
        assert 'There are no such keys: is it the right database of Redis?' in by_environment.stderr
        wrong = run('import-redis', '--redis', f'unix://:wrong@{server.socket}', database=defined, status=1)
        assert 'WRONGPASS' in wrong.stderr and 'Remedy: Name user and password' in wrong.stderr
        missing = run('import-redis', '--redis', server.url, database=defined, status=1)
        assert 'NOAUTH' in missing.stderr and 'wrong' not in missing.stderr
        assert 'DB index is out of range' in run('import-redis', '--redis', f'unix://:s3cret%2F@{server.socket}?db=99',
                                                 database=defined, status=1).stderr


def test_a_user_of_redis_with_few_rights(defined, redis_server, redis):
    """The rights that the remedy names are enough; without them it is shown."""
    redis.call('SET', '{event_counters}_opened', 3)
    redis.call('ACL', 'SETUSER', 'reader', 'on', '>secret', '+scan', '+ping', '~*')
    url = redis_server.url.replace('unix://', 'unix://reader:secret@')
    refused = run('import-redis', '--redis', url, database=defined, status=1)
    assert 'NOPERM' in refused.stderr and '+getrange' in refused.stderr
    redis.call('ACL', 'SETUSER', 'reader', '+getrange')
    assert numbers(run_json('import-redis', '--redis', url, database=defined)) == {'imported': 1}
    redis.call('ACL', 'DELUSER', 'reader')


def test_a_user_without_a_password(defined, redis_server, redis):
    """A user who needs no password is logged in all the same."""
    redis.call('SET', '{event_counters}_opened', 3)
    redis.call('ACL', 'SETUSER', 'reader', 'on', 'nopass', '+scan', '+ping', '~*')
    refused = run('import-redis', '--redis', redis_server.url.replace('unix://', 'unix://reader:@'), database=defined, status=1)
    assert 'NOPERM' in refused.stderr
    redis.call('ACL', 'DELUSER', 'reader')


def test_a_redis_cluster(defined, tmp_path):
    """Each master has keys of its own; old names of counters that others may have are said, and do not end the run."""
    counters = tmp_path / 'counters.yml'
    counters.write_text("'{event_counters}_closed': USAGE_CLOSED\n'{event_counters}_opened': USAGE_OPENED\n")
    names = ['{event_counters}_opened-2024-10', 'USAGE_CLOSED', 'USAGE_OPENED']
    with cluster_node() as one_node, cluster_node() as other_node:
        nodes = [one_node.connect(), other_node.connect()]
        slots = [nodes[0].call('CLUSTER', 'KEYSLOT', name) for name in names]
        nodes[0].call('CLUSTER', 'ADDSLOTS', *(slot for slot in range(1 << 14) if slot != slots[2]))
        nodes[1].call('CLUSTER', 'ADDSLOTS', slots[2])
        nodes[0].call('CLUSTER', 'MEET', '127.0.0.1', other_node.port)
        assert wait_until(lambda: all(b'cluster_state:ok' in node.call('CLUSTER', 'INFO') for node in nodes), 30)
        for name, node in zip(names, (nodes[0], nodes[0], nodes[1])):
            node.call('SET', name, 7)
        ran = run('import-redis', '--redis', one_node.url, '--counter-overrides', counters, database=defined)
        assert 'imported            2' in ran.stdout
        assert '1 old name of a counter may be on another node of this Redis Cluster: run the command for each of its masters' \
            in ran.stderr
        answer = run_json('import-redis', '--redis', other_node.url, '--counter-overrides', counters, database=defined)
        assert numbers(answer) == {'imported': 1}
        refused = run('import-redis', '--redis', one_node.url + '?db=1', database=defined, status=1)
        assert 'Remedy: Name a database that it has' in refused.stderr
        for node in nodes:
            node.close()


def cluster_node():
    """A node of a Redis Cluster, which cannot be without TCP."""
    port = free_port()
    node = RedisServer('--bind', '127.0.0.1', '--port', str(port), '--cluster-enabled', 'yes')
    node.port = port
    return node


def test_a_redis_that_hangs(defined):
    """A Redis that answers no more is given up after --timeout."""
    with RedisServer('--enable-debug-command', 'yes') as server:
        connection = server.connect()
        sleeper = subprocess.Popen(['redis-cli', '-s', server.socket, 'DEBUG', 'SLEEP', '3'], stdout=subprocess.DEVNULL)
        assert wait_until(lambda: sleeper.poll() is None and _hangs(server), 10)
        ran = run('import-redis', '--redis', server.url, '--timeout', '1', database=defined, status=1)
        assert 'does not answer' in ran.stderr and '--timeout' in ran.stderr
        sleeper.wait(20)
        connection.close()


def test_another_server(defined):
    """What speaks another protocol is no lost connection."""
    with socket.create_server(('127.0.0.1', 0)) as listening:
        command = start(f'redis://127.0.0.1:{listening.getsockname()[1]}', defined)
        connection = listening.accept()[0]
        connection.recv(1000)
        connection.sendall(b'HTTP/1.1 400 Bad Request\r\n\r\n')
        errors = command.communicate(timeout=60)[1]
        connection.close()
    assert command.returncode == 1 and 'is no Redis: Protocol error' in errors


def _hangs(server):
    """Says whether a Redis does not answer at once."""
    return subprocess.run(['timeout', '0.2', 'redis-cli', '-s', server.socket, 'PING'], stdout=subprocess.DEVNULL,
                          check=False).returncode == 124


def test_addresses_and_databases(defined, cluster, redis_server, redis, roles):  # pylint: disable=unused-argument
    """What cannot be reached or used is said with a remedy."""
    for url, status, message in (('rediss://localhost', 2, 'stunnel'), ('localhost', 2, 'neither redis:// nor unix://'),
                                 ('redis://127.0.0.1:1', 1, 'cannot connect to Redis at 127.0.0.1:1: '),
                                 ('unix:///tmp/none', 1, 'cannot connect to Redis at /tmp/none: No such file')):
        assert message in run('import-redis', '--redis', url, database=defined, status=status).stderr
    assert 'required' in run('import-redis', database=defined, status=2).stderr
    plain = Database(cluster, 'postgres')
    assert 'does not have the extension' in run('import-redis', '--redis', redis_server.url, database=plain,
                                                status=1).stderr
    redis.call('SET', '{event_counters}_opened', 3)
    refused = run('import-redis', '--redis', redis_server.url, database=defined, status=1, env={'PGUSER': 'reader'})
    assert 'permission denied' in refused.stderr
    answer = run_json('import-redis', '--redis', redis_server.url, database=defined, env={'PGUSER': 'admin'})
    assert numbers(answer) == {'imported': 1}
