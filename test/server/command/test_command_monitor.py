"""internal-events monitor: what it reads, and what it prints where there is no screen."""

import datetime
import json
import queue
import signal
import subprocess
import threading

import pytest

from cluster import Database, wait_until
from command import COMMAND, environment, run, run_json
from support import event_yaml, load_event, load_metric, one, session

pytestmark = pytest.mark.usefixtures('roles')

SUM = json.dumps({'key_path': 'counts.actions', 'description': 'Opened and closed', 'value_type': 'number', 'status': 'active',
                  'time_frame': ['7d', 'all'], 'data_source': 'database',
                  'instrumentation': {'add': ['counts.opened', 'counts.closed']}})


@pytest.fixture(name='watched')
def _watched(db):
    """The database with two events and metrics of each kind on one of them."""
    for event in ('opened', 'closed', 'silent'):
        load_event(db, event)
    load_metric(db, 'counts.opened', {'name': 'opened'}, time_frame=['7d', 'all'])
    load_metric(db, 'counts.closed', {'name': 'closed'}, time_frame=['7d', 'all'])
    load_metric(db, 'uniques.opened', {'name': 'opened', 'unique': 'user.id'}, time_frame='7d')
    load_metric(db, 'sums.opened', {'name': 'opened', 'operator': 'sum(value)'}, time_frame='28d')
    db.psql(f'SELECT internal_events.load_metric_definition($yaml${SUM}$yaml$)')
    return db


def track(database, event='opened', user=7, **properties):
    """Tracks one event, in a transaction of its own."""
    with session(database) as cursor:
        assert one(cursor, 'SELECT track_event(%s, user_id => %s, project_id => 12, additional_properties => %s)',
                   (event, user, json.dumps(properties)))


def next_monday():
    """The Monday after today, in UTC."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return today + datetime.timedelta(days=7 - today.weekday())


def values_of(answer):
    """The values of a --json answer by key path."""
    return {metric['key_path']: metric['value'] for metric in answer['metrics']}


class Lines:
    """The monitor without a terminal: the lines that it prints."""

    def __init__(self, *arguments, database, **env):
        self.process = subprocess.Popen([COMMAND, 'monitor', *arguments, '--interval', '0.1'],
                                        env=environment(database, **env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self._queue = queue.Queue()
        for stream in (self.process.stdout, self.process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()
        self.seen = []

    def _read(self, stream):
        for line in stream:
            self._queue.put(line.rstrip('\n'))

    def wait_for(self, *words):
        """Waits for a line that holds all words, and returns it."""
        while not self.seen or not all(word in self.seen[-1] for word in words):
            try:
                self.seen.append(self._queue.get(timeout=20))
            except queue.Empty:
                raise AssertionError(f'no line with {words}: {self.seen}') from None
        return self.seen[-1]

    def __enter__(self):
        self.wait_for('Watching')
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(10) == -signal.SIGINT


def test_one_look_has_all_metrics_that_the_event_feeds_today_included(watched):
    for user in (7, 7, 8):
        track(watched, user=user, label='web', value=5)
    track(watched, 'closed')
    answer = run_json('monitor', 'opened', '--once', database=watched)
    assert values_of(answer) == {'counts.opened_weekly': 3, 'counts.opened': 3, 'uniques.opened': 2, 'sums.opened': 15,
                                 'counts.actions_weekly': 4, 'counts.actions': 4}
    weekly = next(metric for metric in answer['metrics'] if metric['key_path'] == 'counts.opened_weekly')
    monday = next_monday()
    assert answer['as_of'] == str(monday)
    assert weekly == {'key_path': 'counts.opened_weekly', 'time_frame': '7d', 'status': 'active', 'value': 3,
                      'period_start': str(monday - datetime.timedelta(days=7)),
                      'period_end': str(monday - datetime.timedelta(days=1))}
    assert answer['notes'] == []


def test_one_look_has_the_last_events_newest_first(watched):
    for number in range(30):
        track(watched, user=number, label=f'number {number}')
    track(watched, 'closed')
    events = run_json('monitor', 'opened', '--once', database=watched)['last_events']
    assert [event['user_id'] for event in events] == list(range(29, 9, -1))
    with session(watched) as cursor:
        event_id = one(cursor, 'SELECT id::text FROM internal_events.events WHERE user_id = 29')
    assert events[0].pop('tracked_at').endswith('Z')
    assert events[0] == {'id': event_id, 'event': 'opened', 'occurred_at': None, 'user_id': 29, 'project_id': 12,
                         'namespace_id': None, 'category': 'InternalEventTracking',
                         'additional_properties': {'label': 'number 29'}}


def test_one_look_in_words(watched):
    track(watched, label='web', value=5)
    printed = run('monitor', 'opened', 'closed', '--once', database=watched)
    assert 'counts.opened_weekly' in printed.stdout
    assert 'label=web value=5' in printed.stdout
    assert f'ping of Monday {next_monday()}' in printed.stderr


def test_bytes_without_an_encoding_are_marked(cluster):
    cluster.psql("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    try:
        cluster.psql('CREATE EXTENSION internal_events CASCADE', db='ascii')
        cluster.psql(f'SELECT internal_events.load_event_definition($yaml${event_yaml("opened")}$yaml$)', db='ascii')
        cluster.psql("""SELECT track_event('opened', additional_properties => (E'{"label": "caf\\xe9\\x9b31m"}')::jsonb)""",
                     db='ascii')
        database = Database(cluster, 'ascii')
        assert 'label=caf\ufffd\ufffd31m' in run('monitor', 'opened', '--once', database=database).stdout
        assert len(run_json('monitor', 'opened', '--once', database=database)['last_events']) == 1
    finally:
        cluster.psql('DROP DATABASE ascii WITH (FORCE)')


def test_a_reader_sees_metrics_and_why_no_events(watched):
    track(watched)
    answer = run_json('monitor', 'opened', '--once', database=watched, env={'PGUSER': 'reader'})
    assert values_of(answer)['counts.opened'] == 1
    assert answer['last_events'] is None
    assert 'internal_events_admin' in answer['notes'][0]
    assert run_json('monitor', 'opened', '--once', database=watched, env={'PGUSER': 'admin'})['last_events'] != []


def test_without_a_role_it_says_which_one(watched):
    refused = run('monitor', 'opened', '--once', database=watched, env={'PGUSER': 'nobody'}, status=1)
    assert 'GRANT internal_events_reader' in refused.stderr


def test_an_unknown_event_is_refused_with_the_likely_one(watched):
    refused = run('monitor', 'opned', database=watched, status=1)
    assert 'the event "opned" is not defined; did you mean "opened"?' in refused.stderr
    assert run('monitor', database=watched, status=2).stdout == ''
    assert '--interval' in run('monitor', 'opened', '--interval', 'nan', database=watched, status=2).stderr


def test_an_event_without_metrics_or_removed_is_watched_and_explained(watched):
    watched.psql(f"SELECT internal_events.load_event_definition($yaml${event_yaml('gone', status='removed')}$yaml$)")
    track(watched, 'silent')
    answer = run_json('monitor', 'silent', '--once', database=watched)
    assert answer['notes'] == ['No metric counts this event.']
    assert len(answer['last_events']) == 1
    assert 'track_event() refuses it' in run_json('monitor', 'gone', '--once', database=watched)['notes'][1]


def test_lines_tell_of_each_event_and_each_change(watched):
    track(watched, label='earlier')
    with Lines('opened', database=watched) as lines:
        track(watched, label='web', value=3)
        line = lines.wait_for('  event   opened')
        assert line.endswith('user=7 project=12 namespace=- label=web value=3')
        lines.wait_for('metric  counts.actions', '1 -> 2 (+1)')
        lines.wait_for('metric  sums.opened', '0 -> 3 (+3)')
        assert not any('earlier' in seen for seen in lines.seen)


def test_lines_may_be_json(watched):
    with Lines('opened', '--json', database=watched) as lines:
        track(watched, label='web')
        event = json.loads(lines.wait_for('"type":"event"'))
        assert (event['event'], event['additional_properties']) == ('opened', {'label': 'web'})
        metric = json.loads(lines.wait_for('"counts.opened_weekly"'))
        assert (metric['type'], metric['initial'], metric['previous'], metric['value']) == ('metric', 0, 0, 1)


def test_a_transaction_that_was_open_for_long_is_not_missed(watched):
    with Lines('opened', database=watched) as lines, session(watched, autocommit=False) as cursor:
        cursor.execute("SELECT track_event('opened', user_id => 1)")
        for user in (2, 3):
            track(watched, user=user)
            lines.wait_for(f'user={user} ')
        cursor.connection.commit()
        lines.wait_for('user=1 ')
        track(watched, user=4)
        lines.wait_for('user=4 ')
        assert sum('  event   ' in seen for seen in lines.seen) == 4, 'each once'


def test_what_a_rollup_folds_is_neither_missed_nor_told_twice(watched):
    with Lines('opened', database=watched) as lines:
        track(watched, user=1)
        lines.wait_for('uniques.opened', '0 -> 1')
        watched.psql('SELECT internal_events.rollup()')
        track(watched, user=2)
        lines.wait_for('uniques.opened', '1 -> 2')
        assert sum('  event   ' in seen for seen in lines.seen) == 2


def test_events_of_an_outage_are_told_after_it(watched):
    with Lines('opened', database=watched) as lines, session(watched) as cursor:
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity " \
                "WHERE application_name = 'internal-events monitor'"
        assert one(cursor, ended) == 1
        track(watched, label='meanwhile')
        lines.wait_for('trying again')
        lines.wait_for('label=meanwhile')
        lines.wait_for('counts.opened', '0 -> 1')
        # It comes by another stream, so before these lines or after them.
        if not any('The database answers again.' in seen for seen in lines.seen):
            lines.wait_for('The database answers again.')


def test_it_may_watch_a_standby(watched):
    cluster = watched.cluster
    with cluster.standby() as standby:
        copy = Database(standby, watched.name)
        with Lines('opened', database=copy) as lines, session(watched, autocommit=False) as cursor:
            cursor.execute("SELECT track_event('opened', user_id => 1)")
            track(watched, user=2)
            lines.wait_for('user=2 ')
            cursor.connection.commit()
            lines.wait_for('user=1 ')
            track(watched, user=3)
            lines.wait_for('user=3 ')
            assert sum('  event   ' in seen for seen in lines.seen) == 3, 'each once'


def test_a_look_reads_the_new_part_of_a_large_log_only(watched):
    with session(watched) as cursor:
        cursor.execute("SELECT count(track_event('opened', user_id => n)) FROM generate_series(1, 40000) n")
        cursor.execute('SELECT internal_events.rollup()')
        cursor.execute('VACUUM ANALYZE internal_events.events')
    scans = "SELECT sum(seq_scan), sum(idx_scan) FROM pg_stat_user_tables WHERE relname ~ '^events_' AND n_live_tup > 0"
    # The counts of a session are complete when it has ended.
    gone = "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = 'test'"
    with session(watched) as cursor:
        watched.cluster.kept.close()
        assert wait_until(lambda: one(cursor, gone), 10)
        before = one(cursor, scans)
        with Lines('opened', database=watched) as lines:
            for user in range(1, 4):
                track(watched, user=user)
                lines.wait_for(f'user={user} ')
        watched.cluster.kept.close()
        assert wait_until(lambda: one(cursor, gone), 10)
        after = one(cursor, scans)
    assert after[0] == before[0], 'it was read whole'
    assert after[1] > before[1]
