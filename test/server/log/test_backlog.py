"""A backlog of millions of events folds in bounded memory."""

import pathlib
import threading

from support import FULL, event_yaml, metric_yaml, one, session

EVENTS = 10_000_000 if FULL else 1_000_000
KINDS = 100
DAYS = 20
LIMIT = 512 * 1024

# Little shared memory, so that what a process has touched is its own.
CLUSTER = {'conf': {'shared_buffers': '32MB', 'max_wal_size': '8GB', 'wal_level': 'minimal', 'max_wal_senders': '0'}}


def memory(pid, what):
    """Returns a figure of /proc, in kB."""
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f'{what}:'))


class Peak:
    """The largest memory that a process has of its own while the `with` block runs."""

    def __init__(self, pid):
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.kilobytes = 0

    def _watch(self):
        while not self._over.wait(0.02):
            self.kilobytes = max(self.kilobytes, memory(self._pid, 'RssAnon'))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def test_backlog_folds_in_bounded_memory(db):
    """Millions of events, of 100 kinds on 20 days, from one statement: tracking and rollup stay below 512 MiB."""
    with session(db) as cursor:
        for kind in range(KINDS):
            name = f'kind{kind}'
            cursor.execute('SELECT internal_events.load_event_definition(%s)', (event_yaml(name),))
            for metric in (metric_yaml(f'uniques.{name}', {'name': name, 'unique': 'user.id'}),
                           metric_yaml(f'sums.{name}', {'name': name, 'operator': 'sum(value)'})):
                cursor.execute('SELECT internal_events.load_metric_definition(%s)', (metric,))
    with session(db) as cursor, Peak(cursor.connection.info.backend_pid) as tracking:
        assert one(cursor, f'''
            SELECT count(*) FROM generate_series(1, {EVENTS}::bigint) n
             WHERE track_event('kind' || n % {KINDS}, n, additional_properties => '{{"value": 2}}',
                               occurred_at => now() - n / {KINDS} % {DAYS} * interval '1 day')''') == EVENTS
    with session(db) as cursor:
        pid = cursor.connection.info.backend_pid
        with Peak(pid) as folding:
            assert one(cursor, 'SELECT internal_events.rollup()') == EVENTS
        highest = memory(pid, 'VmHWM')
        print(f'{EVENTS} events: tracking {tracking.kilobytes} kB, rollup {folding.kilobytes} kB, with all it shares {highest} kB')
        assert tracking.kilobytes < LIMIT
        assert highest < LIMIT
        assert one(cursor, 'SELECT sum(value::text::bigint) FROM internal_events.metric_values WHERE key_path ^@ %s',
                   ('sums.',)) == 2 * EVENTS
        assert one(cursor, 'SELECT bool_and(ok) AND sum(rolled_up) = %s FROM internal_events.check_consistency()', (EVENTS,))
        assert one(cursor, 'SELECT count(*) FROM internal_events.buckets') == 3 * KINDS * DAYS
        users = EVENTS // KINDS
        assert one(cursor, '''SELECT bool_and(abs(value::text::bigint - %s) <= 5 * 0.0081 * %s)
                                FROM internal_events.metric_values WHERE key_path ^@ 'uniques.' ''', (users, users))
