"""What the server tests share: small definitions, a shadow table of the log, and the comparison of both."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading

import psycopg2

from cluster import CHECKOUT

# GitLab's definitions, where there are some.
CORPUS = pathlib.Path(os.environ.get('INTERNAL_EVENTS_CORPUS', CHECKOUT.parent / 'shared/corpus/gitlab'))

# The version that is being built.
VERSION = re.search(r"default_version = '([^']+)'", (CHECKOUT / 'control/internal_events.control').read_text())[1]

# Whether tests that take long by their size alone run whole, as in `make check-all`.
FULL = os.environ.get('INTERNAL_EVENTS_SCALE') == 'full'

# Of everything random; who has seen a failure names the seed that it printed.
SEED = int(os.environ.get('INTERNAL_EVENTS_SEED', '20261120'))

EVENTS = ('opened', 'edited', 'closed')

# How long what must not wait may take on a busy machine.
SECONDS = 10

# Notes each event that track_event() accepted, in the transaction that tracked it.
TRACK = '''
    INSERT INTO shadow (event, user_id, value, day)
    SELECT e.event, e.user_id, e.value, (e.at AT TIME ZONE 'UTC')::date
      FROM (SELECT %s AS event, %s::bigint AS user_id, %s::bigint AS value,
                   clock_timestamp() - %s * interval '1 day' AS at OFFSET 0) e
     WHERE track_event(e.event, e.user_id, additional_properties => jsonb_build_object('value', e.value),
                       occurred_at => e.at)
'''

COUNTED = '''
    SELECT d.name, b.day, sum(b.total)::bigint
      FROM internal_events.bucket_values b
      JOIN internal_events.rules r ON r.id = b.rule_id
      JOIN internal_events.event_definitions d ON d.id = r.event_definition_id
     WHERE r.is_plain_total
     GROUP BY d.name, b.day
'''

SHADOWED = '''
    SELECT s.event, CASE WHEN s.day > m.merged_through THEN s.day ELSE '-infinity' END AS day, count(*)
      FROM shadow s
     CROSS JOIN (SELECT coalesce(max(merged_through), '-infinity') AS merged_through
                   FROM internal_events.bucket_merges) m
     GROUP BY 1, 2
'''


def event_yaml(action, properties=('label', 'value'), status=None):
    """Returns an event definition; JSON is YAML."""
    definition = {'action': action, 'description': f'Something was {action}', 'identifiers': ['user', 'project'],
                  'additional_properties': {name: {'description': name} for name in properties}}
    if status:
        definition['status'] = status
    return json.dumps(definition)


def metric_yaml(key_path, *rules, time_frame='all'):
    """Returns a definition of a metric that counts events by selection rules."""
    return json.dumps({'key_path': key_path, 'description': key_path, 'value_type': 'number', 'status': 'active',
                       'time_frame': time_frame, 'data_source': 'internal_events', 'events': list(rules)})


def load_event(database, *words, **more):
    """Loads an event definition."""
    database.psql(f'SELECT internal_events.load_event_definition($yaml${event_yaml(*words, **more)}$yaml$)')


def load_metric(database, *words, **more):
    """Loads a metric definition."""
    database.psql(f'SELECT internal_events.load_metric_definition($yaml${metric_yaml(*words, **more)}$yaml$)')


def define(database, events=EVENTS):
    """Loads events with three metrics each: counts, uniques and sums; makes the shadow table."""
    for event in events:
        load_event(database, event)
        load_metric(database, f'counts.{event}', {'name': event})
        load_metric(database, f'uniques.{event}', {'name': event, 'unique': 'user.id'})
        load_metric(database, f'sums.{event}', {'name': event, 'operator': 'sum(value)'})
    database.psql('CREATE TABLE shadow (event text, user_id bigint, value bigint, day date)')


def track(cursor, event, user=1, value=1, days_ago=0):
    """Tracks an event that has to be accepted, and notes it in the shadow table."""
    cursor.execute(TRACK, (event, user, value, days_ago))
    assert cursor.rowcount == 1, f'{event} was refused'


def track_some(database, count, events=EVENTS):
    """Tracks `count` events of each kind in one transaction."""
    with look(database) as cursor:
        cursor.execute('BEGIN')
        for event in events:
            for number in range(count):
                track(cursor, event, user=number, value=number % 7, days_ago=number % 20)
        cursor.execute('COMMIT')


@contextlib.contextmanager
def session(database, autocommit=True, **kw):
    """A cursor of a connection of its own, closed afterwards."""
    connection = database.connect(**kw)
    connection.autocommit = autocommit
    try:
        yield connection.cursor()
    finally:
        connection.close()


@contextlib.contextmanager
def look(database, **kw):
    """A cursor of a session that is kept for such short looks; what it sets is undone afterwards."""
    with database.cluster.kept.borrow(database.name) as connection:
        yield connection.cursor(**kw)


def one(cursor, sql, values=None):
    """Runs a query and returns its first row's only column, or the row where it has several."""
    cursor.execute(sql, values)
    row = cursor.fetchone()
    return row[0] if row is not None and len(row) == 1 else row


def rollup(database, wait=True):
    """Runs a rollup in a session of its own and returns what it read."""
    return int(database.psql(f'SELECT internal_events.rollup(wait => {wait})'))


def compare(database):
    """Asserts that buckets and tail, metrics and the consistency check agree with the shadow table, to the unit."""
    with look(database) as cursor:
        # One snapshot for all queries, so that sessions that go on tracking do not matter.
        cursor.execute('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
        cursor.execute(COUNTED)
        counted = sorted(cursor.fetchall())
        cursor.execute(SHADOWED)
        assert counted == sorted(cursor.fetchall())
        cursor.execute('SELECT event, count(*), count(DISTINCT user_id), sum(value) FROM shadow GROUP BY event')
        rows = cursor.fetchall()
        cursor.execute('SELECT key_path, value FROM internal_events.metric_values '
                           'JOIN internal_events.metrics USING (key_path) WHERE data_source = %s', ('internal_events',))
        values = dict(cursor.fetchall())
        tracked = dict.fromkeys((path.partition('.')[2] for path in values), 0)
        for event, total, users, added in rows:
            tracked[event] = total
            metrics = [values[f'{kind}.{event}'] for kind in ('counts', 'uniques', 'sums')]
            assert metrics == [total, users, added], event
            views = [one(cursor, f'SELECT value FROM metrics."{kind}.{event}"') for kind in ('counts', 'uniques', 'sums')]
            assert views == [total, users, added], event
            assert total == one(cursor, "SELECT internal_events.total_count(%s, '-infinity', 'infinity')", (event,))
            assert users == one(cursor, "SELECT internal_events.unique_count(%s, 'user.id', '-infinity', 'infinity')",
                                (event,))
        cursor.execute('SELECT event_name, tracked, rolled_up + unread, ok FROM internal_events.check_consistency()')
        checked = {event: (seen, found, ok) for event, seen, found, ok in cursor.fetchall()}
        assert checked == {event: (total, total, True) for event, total in tracked.items()}
        cursor.execute('COMMIT')


class Background:
    """Threads that end with the `with` block, which then raises what went wrong in them."""

    def __init__(self):
        self.over = threading.Event()
        self._threads = []
        self._errors = []

    def start(self, work, *arguments):
        """Runs `work(*arguments)` in a thread and returns that."""
        def run():
            try:
                work(*arguments)
            except BaseException as error:  # pylint: disable=broad-exception-caught
                self._errors.append(error)
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def repeat(self, work, pause=0.02):
        """Calls `work()` again and again until the block ends."""
        def run():
            while not self.over.wait(pause):
                work()
        return self.start(run)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.over.set()
        for thread in self._threads:
            thread.join(60)
        assert kind is not None or not any(thread.is_alive() for thread in self._threads), 'a thread hangs'
        if kind is None and self._errors:
            raise self._errors[0]


def program(cluster, name, *arguments, **kw):
    """Runs a client program on a cluster and returns its output."""
    ran = subprocess.run([cluster.bin(name), *map(str, arguments)], env={**os.environ, **cluster.env},
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, **kw)
    assert ran.returncode == 0, f'{name}: {ran.stderr}'
    return ran.stdout


def extension_folder(cluster):
    """Returns the folder of extension scripts of the private PostgreSQL."""
    major = cluster.bindir.parent
    return major.parents[2] / 'share' / 'postgresql' / major.name / 'extension'


@contextlib.contextmanager
def until_killed():
    """Ends its block in silence when the server is gone; an error of a living server is still one."""
    try:
        yield
    except psycopg2.Error as error:
        # libpq reports a lost connection without SQLSTATE, and psycopg2 as one of several classes.
        if error.pgcode and not error.pgcode.startswith('57P'):
            raise


def waits_for_lock(database, pid):
    """Says whether a session waits for a lock."""
    return database.psql(f"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = {pid}") == 't'


def sqlstate(cursor, sql, values=None):
    """Runs a statement and returns the SQLSTATE of its error, or None."""
    try:
        cursor.execute(sql, values)
        return None
    except psycopg2.Error as error:
        return error.pgcode


def track_in_week(database, monday, count, event='opened'):
    """Makes the partition of a week long past, as maintenance() made it then, and puts events into it."""
    week = f"internal_events.events_{monday.replace('-', '')}"
    database.psql(f'''
        SET TimeZone = 'UTC';
        CREATE TABLE IF NOT EXISTS {week} PARTITION OF internal_events.events
            FOR VALUES FROM ('{monday}') TO (date '{monday}' + 7);
        INSERT INTO internal_events.events (xid, id, event_definition_id, cluster_id, tracked_at, user_id,
                                            send_to_snowplow, additional_properties)
        SELECT pg_current_xact_id()::text::bigint, gen_random_uuid(), d.id, internal_events.cluster_id(),
               date '{monday}' + n % 7 + interval '1 hour', n, true, '{{"value": 1}}'
          FROM generate_series(1, {count}) n, internal_events.event_definitions d
         WHERE d.name = '{event}';
        INSERT INTO shadow SELECT '{event}', n, 1, date '{monday}' + n % 7 FROM generate_series(1, {count}) n;
    ''')
    return week


def burn_transaction_ids(database, count):
    """Uses up transaction ids."""
    database.psql(f'DO $$ BEGIN FOR i IN 1 .. {count} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$')


def in_thread(work):
    """Starts `work` in a thread; returns the thread and a list that gets the result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()), daemon=True)
    thread.start()
    return thread, results


def ends(thread):
    """Says whether a thread ends in time; a bound for what must not wait at all, not a measure of speed."""
    thread.join(SECONDS)
    return not thread.is_alive()


def let_server_in(folder):
    """Lets the server's user enter a test's folder, however deep below that of temporary files it is."""
    for each in (folder, *folder.parents):
        if each == pathlib.Path(tempfile.gettempdir()):
            break
        each.chmod(each.stat().st_mode | 0o755)
