#!/usr/bin/python3
"""A stand-in for a Snowplow collector and the enrichment behind it, which tells good events from bad ones."""

import argparse
import asyncio
import contextlib
import os
import pathlib
import signal
import socket

from aiohttp import web
from entities import Schemas
from faults import Faults
from inspection import Inspection
from intake import LARGEST_BODY, Intake
from journal import Journal
from store import Store

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / 'definitions' / 'iglu'
# What the stock collector bounds: the request line, the headers, and how long an idle connection stays.
LIMITS = {'max_line_size': 20480, 'max_headers': 40960, 'max_field_size': 40960, 'keepalive_timeout': 610}


def read_options():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--port-file', type=pathlib.Path, required=True, help='gets the URL once requests are taken')
    parser.add_argument('--port', type=int, default=0, help='the port of 127.0.0.1 to listen on; a free one by default')
    parser.add_argument('--journal', type=pathlib.Path, help='keeps what was taken, and is read again at the start')
    parser.add_argument('--post-path', help='a further path for events, such as /-/collect_events')
    parser.add_argument('--gzip', action='store_true', help='takes compressed bodies, as the stock collector does not')
    parser.add_argument('--quiet', action='store_true', help='says nothing')
    return parser.parse_args()


def listen(port):
    """A socket that listens on a port of this machine."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(('127.0.0.1', port))
    listening.listen(128)
    return listening


def make_application(options):
    """The web application; reading the journal, which may take long, is done when this returns."""
    store = Store(Journal(options.journal) if options.journal else None)
    schemas = Schemas(SCHEMAS)
    faults = Faults()
    # aiohttp refuses a body of exactly its limit.
    application = web.Application(client_max_size=LARGEST_BODY + 1)
    intake = Intake(store, schemas, faults, options)
    application.add_routes(Inspection(store, schemas, faults).routes())
    if options.post_path:
        application.add_routes([web.post(options.post_path, intake.take)])
    application.add_routes(intake.routes())
    return application


def announce(port_file, url):
    """Writes the URL so that whoever sees the file sees all of it."""
    unfinished = port_file.with_name(f'{port_file.name}.{os.getpid()}')
    unfinished.write_text(url, encoding='utf-8')
    os.replace(unfinished, port_file)


async def serve(options):
    """Takes requests until a signal ends it."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    # The stock collector unpacks nothing, so that a compressed body is to stay what it is.
    runner = web.AppRunner(make_application(options), access_log=None, auto_decompress=False, **LIMITS)
    await runner.setup()
    with contextlib.closing(listen(options.port)) as listening:
        await web.SockSite(runner, listening, shutdown_timeout=0.1).start()
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
        announce(options.port_file, url)
        if not options.quiet:
            print(f'The stand-in collector takes events at {url}', flush=True)
        await stopping.wait()
        await runner.cleanup()


if __name__ == '__main__':
    asyncio.run(serve(read_options()))
