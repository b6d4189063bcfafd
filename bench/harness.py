"""What the comparisons share: a database each, interleaved runs, definitions, and the table of results."""

import contextlib
import csv
import dataclasses
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / 'scripts'))
# Last, as modules there have names of modules here.
sys.path.append(str(CHECKOUT / 'test' / 'server' / 'support'))
import cluster as private_cluster  # pylint: disable=wrong-import-position

CLIENTS = 8

SETTINGS = {
    'shared_buffers': '1GB',
    'max_wal_size': '8GB',
    'checkpoint_timeout': '1h',
    # Its runs would hit one side or the other by chance; what has to be analysed is analysed by hand.
    'autovacuum': 'off',
    'TimeZone': 'UTC',
    'internal_events.event_retention': '400d',
}


@dataclasses.dataclass
class Row:
    """One line of the table: our median against a peer's; without a goal it is there for comparison only."""

    work: str
    against: str
    unit: str
    ours: float
    peer: float
    goal: str = ''
    note: str = ''
    speed_up: bool = False

    @property
    def ratio(self):
        """Ours divided by the peer's; the other way round where times are compared and a speed-up is asked for."""
        return self.peer / self.ours if self.speed_up else self.ours / self.peer

    @property
    def verdict(self):
        """Whether the goal is met."""
        if not self.goal:
            return ''
        relation, limit = self.goal.split()
        met = self.ratio <= float(limit) if relation == '<=' else self.ratio >= float(limit)
        return 'met' if met else 'missed'

    def cells(self):
        """The line's texts."""
        return [self.work, self.against, f'{plain(self.ours)} {self.unit}', f'{plain(self.peer)} {self.unit}',
                f'{self.ratio:.2f}', self.goal or '-', self.verdict or '-', self.note]


HEADINGS = ['work', 'against', 'ours', 'peer', 'ratio', 'goal', 'verdict', 'note']


def plain(number):
    """A number with three or more significant digits."""
    return f'{number:,.0f}' if number >= 100 else f'{number:.2f}' if number >= 1 else f'{number:.4f}'


def text_table(rows):
    """The rows as an aligned table; a note stands below its line, and a work that goes on is not said again."""
    lines = [HEADINGS[:-1]] + [row.cells()[:-1] for row in rows]
    for line, before in reversed(list(zip(lines[1:], lines))):
        line[0] = '  "' if line[0] == before[0] else line[0]
    widths = [max(map(len, column)) for column in zip(*lines)]
    shown = ['  '.join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    shown.insert(1, '  '.join('-' * width for width in widths))
    for place, row in reversed(list(enumerate(rows, start=2))):
        if row.note:
            shown.insert(place + 1, f'    {row.note}')
    return '\n'.join(shown)


def markdown_table(rows):
    """The rows as a Markdown table."""
    lines = [HEADINGS, ['---'] * len(HEADINGS)] + [row.cells() for row in rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)


class Bench:
    """A run: its cluster, its sizes, and every figure that was measured."""

    def __init__(self, cluster, quick, runs, seconds):
        self.cluster = cluster
        self.quick = quick
        self.runs = runs
        self.seconds = seconds
        self.raw = []
        self.begun = time.monotonic()

    def say(self, text):
        """Prints a line of progress."""
        print(f'[{time.monotonic() - self.begun:6.1f} s] {text}', flush=True)

    def size(self, full, quick):
        """The full size, or the one to try the harness with."""
        return quick if self.quick else full

    @contextlib.contextmanager
    def database(self, name):
        """A database with the extension, dropped at the end: no comparison inherits the tables of another."""
        database = self.cluster.createdb(name)
        database.psql('CREATE EXTENSION internal_events CASCADE')
        yield database
        self.cluster.psql(f'DROP DATABASE {name} WITH (FORCE)')

    def interleave(self, name, unit, sides, warm_up=False):
        """Runs each side in turn, several times over; returns their medians. A side is a function that returns a figure."""
        if warm_up:
            for side, measure in sides.items():
                self.say(f'{name}: {side}: warm-up {plain(measure())} {unit}')
        figures = {side: [] for side in sides}
        for run in range(1, self.runs + 1):
            for side, measure in sides.items():
                self.cluster.psql('CHECKPOINT')
                figure = measure()
                figures[side].append(figure)
                self.raw.append([name, side, run, figure, unit])
                self.say(f'{name}: {side}: run {run} of {self.runs}: {plain(figure)} {unit}')
        return {side: statistics.median(values) for side, values in figures.items()}

    def pgbench(self, database, script):
        """Runs a script with 8 clients, prepared and with synchronous_commit off; returns transactions a second."""
        with tempfile.NamedTemporaryFile('w', suffix='.sql') as file:
            file.write(script)
            file.flush()
            environment = {**os.environ, **self.cluster.env, 'PGOPTIONS': '-c synchronous_commit=off'}
            ran = subprocess.run([self.cluster.bin('pgbench'), '-n', '-M', 'prepared', '-c', str(CLIENTS), '-j', '2',
                                  '-T', str(self.seconds), '-f', file.name, database.name],
                                 env=environment, capture_output=True, text=True, check=False)
        found = re.search(r'^tps = ([\d.]+)', ran.stdout, re.MULTILINE)
        failed = re.search(r'number of failed transactions: ([1-9]\d*)', ran.stdout)
        if ran.returncode != 0 or not found or failed:
            raise RuntimeError(f'pgbench failed:\n{ran.stdout}{ran.stderr}')
        return float(found[1])

    def write(self, folder, about, rows):
        """Writes the table as Markdown, below what it was measured on, and every figure as CSV."""
        (folder / 'results.md').write_text(f'{about}\n\n{markdown_table(rows)}\n')
        with open(folder / 'results.csv', 'w', newline='', encoding='utf-8') as file:
            csv.writer(file).writerows([['comparison', 'side', 'run', 'figure', 'unit'], *self.raw])


def connect(database, **settings):
    """A connection in autocommit mode with the given settings."""
    connection = database.connect(options=' '.join(f'-c {name}={value}' for name, value in settings.items()))
    connection.autocommit = True
    return connection


def seconds_of(connection, sql):
    """Runs a statement, fetches its rows, and returns how long that took and the rows."""
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
        return time.perf_counter() - begun, rows


EVENT = """---
description: Event number NUMBER
internal_events: true
action: eNUMBER
identifiers: [user, project]
product_group: bench
milestone: "1.0"
introduced_by_url: https://git.example.com/1
tiers: [free]
"""

METRIC = """---
key_path: counts.KINDNUMBER
description: Unique KINDs of event number NUMBER
product_group: bench
value_type: number
status: active
milestone: "1.0"
introduced_by_url: https://git.example.com/1
time_frame: 28d
data_source: internal_events
data_category: optional
tiers: [free]
events:
  - name: eNUMBER
    unique: KIND.id
"""


def define_events(database, count, kinds):
    """Loads events e1 ... eN, each counted by its total and by a unique metric (28d) for each kind: user, project."""
    texts = [('load_event_definition', EVENT)] + [('load_metric_definition', METRIC.replace('KIND', k)) for k in kinds]
    with contextlib.closing(connect(database, synchronous_commit='off')) as connection, connection.cursor() as cursor:
        for function, text in texts:
            # In portions, because each metric makes a view, and a transaction's locks are limited.
            for first in range(1, count + 1, 500):
                cursor.execute(f"SELECT internal_events.{function}(replace(%s, 'NUMBER', n::text)) "
                               'FROM generate_series(%s, %s) n', [text, first, min(first + 499, count)])
        cursor.execute('ANALYZE')


def make_twin(database):
    """Makes plain_events: the log's columns, partitions and BRIN index, for a user's own INSERT."""
    database.psql("""
        CREATE TABLE plain_events (LIKE internal_events.events INCLUDING ALL) PARTITION BY RANGE (tracked_at);
        DO $$
        DECLARE
            one record;
        BEGIN
            FOR one IN SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) AS bound
                         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                        WHERE i.inhparent = 'internal_events.events'::regclass LOOP
                EXECUTE format('CREATE TABLE %I PARTITION OF plain_events %s', 'plain_' || one.relname, one.bound);
            END LOOP;
        END
        $$""")


def empty(database):
    """Empties the log and its twin, so that each run begins with the same files."""
    database.psql('TRUNCATE internal_events.events, plain_events')
