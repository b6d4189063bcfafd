"""A receiver of Service Pings that notes what comes and answers as told."""

import collections
import contextlib
import http.server
import json
import os
import socket
import struct
import threading

from cluster import wait_until

Request = collections.namedtuple('Request', 'method path headers body')


def answer(status=200, body=b'', **headers):
    """An answer of the receiver: a status, a body and further headers."""
    def give(handler):
        handler.send_response_only(status)
        for name, value in {'Content-Length': len(body), 'Connection': 'close', **headers}.items():
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(body)
    return give


def json_answer(status, /, **values):
    """An answer of the receiver: a status and a JSON object."""
    return answer(status, json.dumps(values).encode())


def raw(data):
    """An answer of the receiver: these bytes, whether they are HTTP or not, and the end of the connection."""
    return lambda handler: handler.wfile.write(data)


def silence(handler):
    """An answer of the receiver: none, until it is released or stopped."""
    handler.server.receiver.released.wait()


def close(_handler):
    """An answer of the receiver: the end of the connection."""


def reset_after(data):
    """An answer of the receiver: these bytes, then a reset of the connection."""
    def give(handler):
        handler.wfile.write(data)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        # The handler's files and the server would send a FIN first.
        os.close(handler.connection.detach())
    return give


def trickle(status=200, pause=0.1):
    """An answer of the receiver: a status, then a body that comes byte by byte and does not end until it is released."""
    def give(handler):
        handler.wfile.write(b'HTTP/1.1 %d Slow\r\nContent-Length: 1000000\r\n\r\n' % status)
        while not handler.server.receiver.released.wait(pause):
            handler.wfile.write(b' ')
    return give


def after_release(then):
    """An answer of the receiver: another one, as soon as it is released."""
    def give(handler):
        silence(handler)
        then(handler)
    return give


class Handler(http.server.BaseHTTPRequestHandler):
    """Notes a request and answers it as the receiver was told."""

    protocol_version = 'HTTP/1.1'

    def handle_one_request(self):
        """Reads one request; the connection ends with its answer."""
        super().handle_one_request()
        self.close_connection = True

    def do_POST(self):  # pylint: disable=invalid-name
        """Takes a request with or without a body."""
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.server.receiver.take(self, Request(self.command, self.path, self.headers, body))

    do_GET = do_POST

    def log_message(self, *_words):  # pylint: disable=arguments-differ
        """Says nothing."""


class QuietServer(http.server.ThreadingHTTPServer):
    """A server whose threads end with the program, and that does not report connections that break."""

    daemon_threads = True
    receiver = None

    def handle_error(self, request, client_address):
        """Says nothing."""


class Receiver:
    """An HTTP server that keeps each request and answers as told: `tell` says how."""

    def __init__(self):
        self.requests = []
        self.released = threading.Event()
        self._answers = collections.deque()
        self._last = answer(201)
        self._lock = threading.Lock()
        self._server = None

    def __enter__(self):
        self._server = QuietServer(('127.0.0.1', 0), Handler)
        self._server.receiver = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind, error, trace):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self):
        """The port that it listens on."""
        return self._server.server_port

    @property
    def url(self):
        """Where pings are to go."""
        return f'http://127.0.0.1:{self.port}/service_ping'

    def tell(self, *answers):
        """Says how the next requests are answered, one by one; the last answer is also that of all later requests."""
        with self._lock:
            self.released.clear()
            self._answers = collections.deque(answers)
            self._last = answers[-1]

    def release(self):
        """Ends the silence towards those who wait."""
        self.released.set()

    def take(self, handler, request):
        """Keeps a request and answers it."""
        with self._lock:
            self.requests.append(request)
            give = self._answers.popleft() if self._answers else self._last
        with contextlib.suppress(OSError):
            give(handler)

    def wait_for(self, count, seconds=10):
        """Waits until so many requests have come, and says whether they have."""
        return wait_until(lambda: len(self.requests) >= count, seconds)
