"""Our sketches hold what a real Redis holds, register by register."""

import shutil
import socket
import subprocess
import tempfile

import pytest

from cluster import wait_until
from support import load_event, load_metric, one, rollup, session

REGISTERS = 1 << 14
INDEX_BITS = 14
REGISTER_BITS = 5


class Redis:
    """A connection to a Redis server, in its own protocol; the client library is no dependency of ours."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(path)
        self._replies = self._socket.makefile('rb')

    def call(self, *words):
        """Sends a command and returns its reply."""
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self._socket.sendall(b'*%d\r\n' % len(parts) + b''.join(b'$%d\r\n%s\r\n' % (len(part), part) for part in parts))
        return self._reply()

    def _reply(self):
        kind, rest = self._replies.read(1), self._replies.readline().rstrip()
        if kind == b'-':
            raise RuntimeError(rest.decode())
        if kind == b':':
            return int(rest)
        if kind == b'$':
            return self._replies.read(int(rest) + 2)[:-2] if int(rest) >= 0 else None
        if kind == b'*':
            return [self._reply() for _ in range(int(rest))]
        return rest.decode()

    def add(self, key, elements):
        """Adds elements to a HyperLogLog, some hundreds a command."""
        for begin in range(0, len(elements), 500):
            self.call('PFADD', key, *elements[begin:begin + 500])

    def close(self):
        """Closes the connection."""
        self._replies.close()
        self._socket.close()


@pytest.fixture(scope='module')
def redis():
    """A connection to a Redis of our own: no TCP, nothing written, gone afterwards."""
    # Short, because a socket's path is limited to 107 bytes.
    folder = tempfile.mkdtemp(prefix='ie-redis-', dir='/tmp')
    path = f'{folder}/socket'
    server = subprocess.Popen(['redis-server', '--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no',
                               '--dir', folder], stdout=subprocess.DEVNULL)

    def answers():
        try:
            Redis(path).close()
            return True
        except OSError:
            return False
    try:
        assert wait_until(answers, 20)
        connection = Redis(path)
        yield connection
        connection.close()
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder)


def ranked(element):
    """Returns the register and the rank of a hash: the low 14 bits, and the place of the first one bit above them."""
    rest = element >> INDEX_BITS
    return element % REGISTERS, min((rest & -rest).bit_length(), 31) if rest else 0


def registers(sketch):
    """Decodes the text of a value of type hll, version 1 of its storage format."""
    data = bytes.fromhex(sketch.removeprefix('\\x'))
    assert data[1] == (REGISTER_BITS - 1) << 5 | INDEX_BITS
    kind, body = data[0] & 15, data[3:]
    decoded = [0] * REGISTERS
    if kind == 2:
        for begin in range(0, len(body), 8):
            register, rank = ranked(int.from_bytes(body[begin:begin + 8], 'big'))
            decoded[register] = max(decoded[register], rank)
        return decoded
    bits, length = int.from_bytes(body, 'big'), 8 * len(body)
    width = REGISTER_BITS if kind == 4 else INDEX_BITS + REGISTER_BITS
    for number in range(length // width):
        word = bits >> (length - (number + 1) * width) & (1 << width) - 1
        if kind == 4:
            decoded[number] = word
        elif word:
            decoded[word >> REGISTER_BITS] = word % (1 << REGISTER_BITS)
    return decoded


def names(size):
    """Returns different texts, of several alphabets and lengths."""
    shapes = ['user-%d', 'größe %d', '名前%d', 'имя %d', '🙂%d', '%d' + 'x' * 40, "o'%d\\\"", '%d\t']
    return [shapes[number % len(shapes)] % number for number in range(size)]


def ids(size):
    """Returns different ids, among them the smallest and the largest there are."""
    return [-2 ** 63, 2 ** 63 - 1, 0, -1, *range(1, size - 3)]


@pytest.mark.parametrize('size', [10, 1000, 1280, 1281, 5000, 100000])
@pytest.mark.parametrize('kind', ['ids', 'names'])
def test_registers_equal(db, redis, kind, size):
    """After the same elements all 16,384 registers are equal, and the counts differ by less than 1 %."""
    elements = ids(size) if kind == 'ids' else names(size)
    key = f'{kind}:{size}'
    redis.add(key, elements)
    count = redis.call('PFCOUNT', key)
    with session(db) as cursor:
        sketch, ours = one(cursor, f'''
            SELECT s::text, round(hll_cardinality(s))::bigint
              FROM (SELECT internal_events.sketch_of(internal_events.element(e)) AS s
                      FROM unnest(%s::{'bigint' if kind == 'ids' else 'text'}[]) e) u''', (elements,))
    assert registers(sketch) == redis.call('PFDEBUG', 'GETREG', key)
    assert abs(ours - count) <= 0.01 * count
    assert abs(ours - size) <= 3 * 0.0081 * size


def test_registers_of_tracked_events(db, redis):
    """The same is true of buckets that the rollup made of tracked events, in two batches, on their way through unions."""
    load_event(db, 'opened')
    load_metric(db, 'uniques.users', {'name': 'opened', 'unique': 'user.id'})
    load_metric(db, 'uniques.labels', {'name': 'opened', 'unique': 'label'})
    labels = names(3000)
    for begin in (0, 1500):
        with session(db) as cursor:
            cursor.execute("SELECT bool_and(track_event('opened', 10 * n, additional_properties => jsonb_build_object('label', l)))"
                           ' FROM unnest(%s::text[]) WITH ORDINALITY u (l, n)', (labels[:begin + 1500],))
            assert cursor.fetchone() == (True,)
        assert rollup(db) == begin + 1500
    redis.add('tracked:users', [10 * (number + 1) for number in range(3000)])
    redis.add('tracked:labels', labels)
    for identifier, key in (('user.id', 'tracked:users'), ('label', 'tracked:labels')):
        with session(db) as cursor:
            sketch = one(cursor, '''
                SELECT internal_events.sketch_union(b.sketch)::text
                  FROM internal_events.buckets b
                  JOIN internal_events.rules r ON r.id = b.rule_id
                 WHERE r.identifier = %s''', (identifier,))
        assert registers(sketch) == redis.call('PFDEBUG', 'GETREG', key)
