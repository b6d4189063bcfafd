"""Ports for the tests' own servers."""

import contextlib
import random
import socket

# Not from the range that the system takes the ports of clients from: a client that asks for a server while it is down
# must not be given its port, nor may another test.
PORTS = range(15000, 32000)


def free_port():
    """Returns a port of 127.0.0.1 on which nobody listens, and which nobody gets by chance."""
    while True:
        port = random.choice(PORTS)
        with contextlib.suppress(OSError), contextlib.closing(socket.socket()) as trial:
            trial.bind(('127.0.0.1', port))
            return port
