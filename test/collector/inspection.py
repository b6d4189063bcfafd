"""The routes by which tests see what came: those of Snowplow Micro, and further ones of the stand-in."""

import json

from aiohttp import web
from protocol import good_row

PIECE = 1000


class Inspection:
    """Shows what a stand-in has taken, and sets its faults."""

    def __init__(self, store, schemas, faults):
        self._store = store
        self._schemas = schemas
        self._faults = faults

    def routes(self):
        """The routes, by Micro's names and our own."""
        return [
            web.route('*', '/micro/all', self.summary), web.get('/micro/good', self.good),
            web.post('/micro/good', self.good), web.get('/micro/bad', self.bad), web.post('/micro/bad', self.bad),
            web.route('*', '/micro/reset', self.reset), web.get('/stand-in/events', self.events),
            web.get('/stand-in/duplicates', self.duplicates), web.get('/stand-in/requests', self.requests),
            web.get('/stand-in/strictness', self.strictness), web.get('/stand-in/faults', self.faults),
            web.post('/stand-in/faults', self.add_faults), web.delete('/stand-in/faults', self.clear_faults),
        ]

    async def summary(self, _request):
        """How many events came."""
        return web.json_response(self._store.summary())

    async def reset(self, _request):
        """Forgets everything but the faults."""
        self._store.reset()
        return web.Response(text='Reset completed')

    async def good(self, request):
        """The good events, newest first, or those that the filter of a POST wants."""
        wanted = await request.json() if request.method == 'POST' else {}
        rows = []
        for raw_event, text in reversed(self._store.good):
            if len(rows) == wanted.get('limit'):
                break
            row = good_row(self._schemas, raw_event, json.loads(text))
            fits = all(row[key] == wanted[name] for name, key in (('event_type', 'eventType'), ('schema', 'schema'))
                       if name in wanted)
            if fits and set(wanted.get('contexts', ())) <= set(row['contexts']):
                rows.append(row)
        return web.json_response(rows)

    async def bad(self, request):
        """The bad rows, newest first, or those that the filter of a POST wants."""
        wanted = await request.json() if request.method == 'POST' else {}
        api = {name: wanted[name] for name in ('vendor', 'version') if name in wanted}
        rows = [row for row in reversed(self._store.bad) if api.items() <= row['collectorPayload']['api'].items()]
        return web.json_response(rows[:wanted.get('limit')])

    async def events(self, request):
        """The parameters of the good events in the order in which they came; piece by piece, as they may be many."""
        answer = web.StreamResponse(headers={'Content-Type': 'application/json'})
        await answer.prepare(request)
        good = list(self._store.good)
        await answer.write(b'[')
        for start in range(0, len(good), PIECE):
            texts = ',\n'.join(text for _, text in good[start:start + PIECE])
            await answer.write((',\n' * (start > 0) + texts).encode())
        await answer.write(b']')
        await answer.write_eof()
        return answer

    async def duplicates(self, _request):
        """How often each event came that came more than once."""
        return web.json_response(self._store.duplicates())

    async def requests(self, _request):
        """The requests that came, in the order in which their bodies were complete."""
        return web.json_response(self._store.requests)

    async def strictness(self, _request):
        """Good events that lack what every tracker sends."""
        return web.json_response(self._store.strictness)

    async def faults(self, _request):
        """The faults that are still to come."""
        return web.json_response(self._faults.remaining())

    async def add_faults(self, request):
        """Adds faults."""
        wrong = self._faults.add(await request.json())
        return web.Response(status=400, text=wrong) if wrong else web.Response(text='ok')

    async def clear_faults(self, _request):
        """Removes all faults."""
        self._faults.clear()
        return web.Response(text='ok')
