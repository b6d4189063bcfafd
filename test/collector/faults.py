"""Faults that the stand-in shows on demand."""

import asyncio
import contextlib
import socket
import struct

from aiohttp import web

# What each fault stores of the request that meets it, unless the rule says otherwise.
STORES = {'status': False, 'hang': False, 'reset': False, 'drop_response': True, 'slow_body': True,
          'partial_response': True}
CONDITIONS = {'over_bytes', 'containing'}
KEYS = {'fault', 'times', 'stored', 'status', 'headers', 'bytes', 'pause', *CONDITIONS}
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n'


def fault_in_rule(rule):
    """What is wrong with a rule, if anything."""
    if not isinstance(rule, dict) or rule.get('fault') not in STORES:
        return f'a rule needs a fault of {", ".join(STORES)}'
    unknown = rule.keys() - KEYS
    if unknown:
        return f'a rule has no {", ".join(sorted(unknown))}'
    if (rule['fault'] == 'status') != ('status' in rule):
        return 'the fault "status", and no other, needs a status'
    return None


class Faults:
    """The rules that say which request meets which fault: the first that fits, and that was not used often enough."""

    def __init__(self):
        self._rules = []
        self._cleared = asyncio.Event()

    def add(self, rules):
        """Adds rules behind those there are; returns what is wrong with them, if anything."""
        if not isinstance(rules, list):
            return 'the rules are no list'
        wrong = next(filter(None, map(fault_in_rule, rules)), None)
        if not wrong:
            self._rules.extend({'times': 1, **rule} for rule in rules)
        return wrong

    def clear(self):
        """Removes all rules, and ends the wait of those who hang."""
        self._rules.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    def remaining(self):
        """The rules that are not used up."""
        return self._rules

    def take(self, text):
        """The rule that a request with this body, as it came, or query meets, if any."""
        for rule in self._rules:
            if len(text) > rule.get('over_bytes', -1) and rule.get('containing', '').encode() in text:
                rule['times'] -= rule['times'] > 0
                if rule['times'] == 0:
                    self._rules.remove(rule)
                return rule
        return None

    async def hang(self, request):
        """Waits until the client gives up or the faults are cleared; then there is no answer."""
        cleared = self._cleared
        while request.transport is not None and not cleared.is_set():
            try:
                await asyncio.wait_for(cleared.wait(), 0.05)
            except asyncio.TimeoutError:
                continue
        return reset(request)


def reset(request):
    """Breaks the connection off without an answer, so that the client sees a reset and no orderly end."""
    if request.transport is not None:
        peer = request.transport.get_extra_info('socket')
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        request.transport.abort()
    return web.Response()


def cut(request):
    """Ends the connection in the middle of an answer."""
    request.transport.write(ANSWER + b'o')
    request.transport.close()
    return web.Response()


async def trickle(request, rule, headers):
    """Answers with a body that comes byte by byte."""
    length = rule.get('bytes', 100)
    answer = web.StreamResponse(headers=headers)
    answer.content_length = length
    # Most clients leave before the end.
    with contextlib.suppress(ConnectionResetError):
        await answer.prepare(request)
        for byte in b'ok'.ljust(length):
            await asyncio.sleep(rule.get('pause', 0.1))
            await answer.write(bytes([byte]))
        await answer.write_eof()
    return answer


async def show(faults, rule, request, headers):
    """Answers a request as a rule says; `headers` are those of a good answer."""
    fault = rule['fault']
    if fault == 'status':
        return web.Response(status=rule['status'], headers={**headers, **rule.get('headers', {})})
    if fault == 'hang':
        return await faults.hang(request)
    if fault == 'slow_body':
        return await trickle(request, rule, headers)
    return cut(request) if fault == 'partial_response' else reset(request)
