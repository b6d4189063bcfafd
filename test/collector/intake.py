"""The routes by which a collector takes events."""

import base64
import itertools
import time
import uuid
import weakref
import zlib

import faults as fault_kinds
from aiohttp import web
from entities import SNOWPLOW
from protocol import Payload, judge, raw_event

LARGEST_BODY = 2 * 1024 * 1024
PIXEL = base64.b64decode('R0lGODlhAQABAPAAAP///wAAACH5BAUAAAAALAAAAAABAAEAAAICRAEAOw==')
NOBODY = '00000000-0000-0000-0000-000000000000'
YEAR = 365 * 24 * 3600


def cors(request):
    """The headers without which a browser does not let a page see the answer."""
    return {'Access-Control-Allow-Origin': request.headers.get('Origin', '*'),
            'Access-Control-Allow-Credentials': 'true'}


def network_id(request):
    """Who sends the request, as far as the collector knows."""
    if 'SP-Anonymous' in request.headers:
        return NOBODY
    return request.query.get('nuid') or request.cookies.get('sp') or str(uuid.uuid4())


def cookie(request, value):
    """The header that sets the collector's cookie, or takes it back from somebody who wants to be anonymous."""
    if 'SP-Anonymous' not in request.headers:
        seconds = YEAR
    elif 'sp' in request.cookies:
        seconds, value = -YEAR, ''
    else:
        return {}
    expires = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + seconds))
    return {'Set-Cookie': f'sp={value}; Path=/; Expires={expires}; Secure; HttpOnly; SameSite=None'}


def unpacked(body):
    """A body without its compression; as it is where that fails, or where it would grow beyond what a body may be."""
    try:
        unpacking = zlib.decompressobj(wbits=31)
        plain = unpacking.decompress(body, LARGEST_BODY)
        return plain if unpacking.eof else body
    except zlib.error:
        return body


class Intake:
    """Takes events, and notes of each request what tells how the client works."""

    def __init__(self, store, schemas, faults, options):
        self._store = store
        self._schemas = schemas
        self._faults = faults
        self._options = options
        self._under_way = 0
        known = [request['connection'] for request in store.requests]
        self._numbers = itertools.count(max(known, default=0) + 1)
        self._connections = weakref.WeakKeyDictionary()

    def routes(self):
        """The routes of a collector; `GET` answers HEAD too."""
        taking = [web.get(path, self.take) for path in ('/i', '/ice.png', '/{vendor}/{version}')]
        return [web.post('/{vendor}/{version}', self.take), web.options('/{path:.*}', self.preflight),
                web.get('/health', self.healthy), web.get('/sink-health', self.healthy),
                web.route('*', '/r/tp2', self.redirect), *taking, web.route('*', '/{path:.*}', self.missing)]

    async def healthy(self, _request):
        """Says that the collector is up."""
        return web.Response(text='ok')

    async def redirect(self, _request):
        """Refuses what the stock collector refuses."""
        return web.Response(status=404, text='redirects disabled')

    async def missing(self, _request):
        """Says that there is nothing at this path."""
        return web.Response(status=404)

    async def preflight(self, request):
        """Answers a browser that asks whether it may send."""
        return web.Response(headers={**cors(request), 'Access-Control-Allow-Headers': 'Content-Type, SP-Anonymous',
                                     'Access-Control-Max-Age': '3600'})

    def _connection(self, transport):
        """The number of a connection; one that is gone already was the only one of its request."""
        if transport is None:
            return next(self._numbers)
        if transport not in self._connections:
            self._connections[transport] = next(self._numbers)
        return self._connections[transport]

    def _note(self, request):
        """What tells how the client works: connections, and how many requests are under way at once."""
        return {'method': request.method, 'path': request.path, 'headers': dict(request.headers), 'time': time.time(),
                'connection': self._connection(request.transport), 'at_once': self._under_way, 'bytes': None,
                'events': 0, 'good': 0, 'fault': None, 'stored': True, 'status': None, 'seconds': None}

    def _payload(self, request, body, sender):
        """The request as the collector hands it on."""
        if request.path == self._options.post_path:
            api = f'{SNOWPLOW}/tp2'
        elif 'vendor' in request.match_info:
            api = f"{request.match_info['vendor']}/{request.match_info['version']}"
        else:
            api = f'{SNOWPLOW}/tp1'
        if self._options.gzip and request.headers.get('Content-Encoding', '').lower() == 'gzip':
            body = unpacked(body)
        return Payload(request.method, api, dict(request.query), dict(request.headers), body, sender, request.remote,
                       time.time())

    def _store_events(self, request, body, sender, note):
        """Judges and stores the events of a request."""
        payload = self._payload(request, body, sender)
        verdict = judge(self._schemas, payload)
        note['good'] = len(verdict.good)
        note['events'] = len(verdict.good) + sum(row['rawEvent'] is not None for row in verdict.bad)
        self._store.take(note, raw_event(payload, {}), verdict)

    async def _answer(self, request, note, body):
        """Stores the events of a request and answers, unless a fault is due."""
        sender = network_id(request)
        rule = self._faults.take(body or request.query_string.encode())
        if rule:
            note['fault'] = rule['fault']
            note['stored'] = rule.get('stored', fault_kinds.STORES[rule['fault']])
        if note['stored']:
            self._store_events(request, body, sender, note)
        else:
            self._store.refuse(note)
        headers = {**cors(request), **cookie(request, sender)}
        if rule:
            return await fault_kinds.show(self._faults, rule, request, headers)
        if request.method == 'POST':
            return web.Response(text='ok', headers=headers)
        headers['Cache-Control'] = 'no-cache, no-store, must-revalidate'
        return web.Response(body=PIXEL, content_type='image/gif', headers=headers)

    async def take(self, request):
        """Takes the events of a request."""
        self._under_way += 1
        note = self._note(request)
        try:
            try:
                body = await request.read()
            except web.HTTPRequestEntityTooLarge:
                self._store.refuse({**note, 'bytes': request.content_length, 'stored': False, 'status': 413})
                return web.Response(status=413, headers=cors(request))
            except ConnectionResetError:
                self._store.refuse({**note, 'stored': False})
                return web.Response()
            note['bytes'] = len(body)
            started = time.monotonic()
            answer = await self._answer(request, note, body)
            note['seconds'] = time.monotonic() - started
            note['status'] = answer.status if note['fault'] in (None, 'status', 'slow_body') else None
            return answer
        finally:
            self._under_way -= 1
