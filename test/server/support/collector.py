"""The stand-in collector as a process that tests start, ask, kill and start again."""

import contextlib
import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import urllib.request

from cluster import CHECKOUT, wait_until
from ports import free_port

STAND_IN = CHECKOUT / 'test' / 'collector' / 'stand_in.py'
SECONDS = 60


class Collector:
    """A stand-in collector with a journal, on a port that stays the same when it is started again."""

    def __init__(self, *options):
        self._options = options
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix='collector-'))
        self._process = None
        self._port = free_port()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, error, trace):
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def url(self):
        """Where the collector is, without a path."""
        return f'http://127.0.0.1:{self._port}'

    @property
    def tp2(self):
        """Where events are to go."""
        return f'{self.url}/com.snowplowanalytics.snowplow/tp2'

    def start(self):
        """Starts the stand-in, with what it took before, and waits until it takes requests."""
        port_file = self._folder / 'url'
        port_file.unlink(missing_ok=True)
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            [STAND_IN, '--quiet', '--port', str(self._port), '--port-file', port_file,
             '--journal', self._folder / 'journal', *self._options])
        started = wait_until(lambda: port_file.exists() or self._process.poll() is not None, SECONDS)
        assert started and self._process.poll() is None, 'the stand-in collector did not start'

    def _end(self, number):
        """Ends the stand-in by a signal, and returns when it is gone."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(SECONDS)
            self._process = None

    def kill(self):
        """Ends the stand-in as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self):
        """Ends the stand-in, if it runs."""
        self._end(signal.SIGTERM)

    def _ask(self, method, path, value=None):
        """Sends a request to the stand-in and returns what it says."""
        data = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        with contextlib.closing(self._opener.open(request, timeout=SECONDS)) as answer:
            return answer.read()

    def _get(self, path):
        """What the stand-in shows at a path."""
        return json.loads(self._ask('GET', path))

    def summary(self):
        """How many events came: total, good, bad."""
        return self._get('/micro/all')

    def good(self):
        """The good events as Micro shows them, newest first."""
        return self._get('/micro/good')

    def bad(self):
        """The bad rows as Micro shows them, newest first."""
        return self._get('/micro/bad')

    def errors(self):
        """What was found wrong in all bad rows, in one text."""
        return '\n'.join(error for row in self.bad() for error in row['errors'])

    def events(self):
        """The parameters of the good events in the order in which they came."""
        return self._get('/stand-in/events')

    def duplicates(self):
        """The ids of the events that came more than once, and how often."""
        return self._get('/stand-in/duplicates')

    def requests(self):
        """What is known of each request; of those before the last start, not how they were answered."""
        return self._get('/stand-in/requests')

    def strictness(self):
        """Good events that lack what every tracker sends."""
        return self._get('/stand-in/strictness')

    def faults(self, *rules):
        """Adds faults behind those that are still to come; they end with the process."""
        self._ask('POST', '/stand-in/faults', list(rules))

    def clear_faults(self):
        """Removes all faults; requests that hang are broken off."""
        self._ask('DELETE', '/stand-in/faults')

    def reset(self):
        """Forgets all events and requests, not the faults."""
        self._ask('POST', '/micro/reset')

    def wait_for(self, count, seconds=SECONDS):
        """Waits until so many events have come, good and bad, and says whether they have."""
        return wait_until(lambda: self.summary()['total'] >= count, seconds)
