"""A Redis of our own for the tests, and what its registers are compared with."""

import pathlib
import shutil
import socket
import subprocess
import tempfile

from cluster import wait_until

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


class RedisServer:
    """A running Redis: no TCP, nothing written, gone at the end of a `with` block. More words are arguments of redis-server."""

    def __init__(self, *arguments):
        # Short, because a socket's path is limited to 107 bytes.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='ie-redis-', dir='/tmp'))
        self.socket = self.folder / 'socket'
        self.url = f'unix://{self.socket}'
        self._arguments = arguments
        self._server = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        shutil.rmtree(self.folder)

    def start(self):
        """Starts it, empty."""
        self._server = subprocess.Popen(
            ['redis-server', '--port', '0', '--unixsocket', self.socket, '--save', '', '--appendonly', 'no',
             '--dir', self.folder, *self._arguments], stdout=subprocess.DEVNULL)
        assert wait_until(self._answers, 20)

    def stop(self):
        """Stops it, if it runs."""
        self._server.terminate()
        self._server.wait(20)

    def _answers(self):
        try:
            self.connect().close()
            return True
        except OSError:
            return False

    def connect(self):
        """A new connection."""
        return Redis(str(self.socket))

    def cli(self, commands):
        """Runs commands, a line each, by redis-cli, as an administrator would."""
        ran = subprocess.run(['redis-cli', '-s', self.socket], input=commands, stdout=subprocess.PIPE, text=True, check=True)
        assert 'ERR' not in ran.stdout, ran.stdout


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
