"""The rollup of a large backlog into empty buckets, against a hand-written join with hll_add_agg."""

import contextlib
import pathlib
import re
import threading
import time

import harness

JOINED = """
INSERT INTO plain_buckets
SELECT r.id, (coalesce(e.occurred_at, e.tracked_at) AT TIME ZONE 'UTC')::date,
       hll_add_agg(CASE r.identifier WHEN 'user.id' THEN hll_hash_bigint(e.user_id)
                                     WHEN 'project.id' THEN hll_hash_bigint(e.project_id) END, 14, 5),
       count(*)
  FROM internal_events.events e
  JOIN internal_events.rules r ON r.event_definition_id = e.event_definition_id
 GROUP BY 1, 2"""

# What somebody writes who knows that a total needs neither the join a row nor a sketch.
APART = """
INSERT INTO plain_buckets
SELECT r.id, e.day, NULL, e.total
  FROM (SELECT event_definition_id, (coalesce(occurred_at, tracked_at) AT TIME ZONE 'UTC')::date AS day, count(*) AS total
          FROM internal_events.events GROUP BY 1, 2) e
  JOIN internal_events.rules r ON r.event_definition_id = e.event_definition_id
 WHERE r.identifier IS NULL
UNION ALL
SELECT r.id, (coalesce(e.occurred_at, e.tracked_at) AT TIME ZONE 'UTC')::date,
       hll_add_agg(CASE r.identifier WHEN 'user.id' THEN hll_hash_bigint(e.user_id)
                                     WHEN 'project.id' THEN hll_hash_bigint(e.project_id) END, 14, 5),
       NULL
  FROM internal_events.events e
  JOIN internal_events.rules r ON r.event_definition_id = e.event_definition_id
 WHERE r.identifier IS NOT NULL
 GROUP BY 1, 2"""


class PeakMemory(threading.Thread):
    """Watches how much memory of its own, shared buffers not counted, a process holds."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status = pathlib.Path(f'/proc/{pid}/status')
        self.peak = 0
        self.ended = threading.Event()

    def run(self):
        """Looks every few milliseconds until told to end."""
        while not self.ended.is_set():
            self.peak = max(self.peak, int(re.search(r'RssAnon:\s+(\d+)', self.status.read_text())[1]) * 1024)
            time.sleep(0.003)


def timed(database, peaks, side, sql, **settings):
    """Runs a statement in a session of its own, notes the peak of its memory, and returns its seconds."""
    with contextlib.closing(harness.connect(database, **settings)) as connection:
        memory = PeakMemory(connection.get_backend_pid())
        memory.start()
        seconds, _ = harness.seconds_of(connection, sql)
        memory.ended.set()
        memory.join()
    peaks[side] = max(peaks.get(side, 0), memory.peak)
    return seconds


def rolled_up(database, peaks):
    """A side that rolls up the whole log into empty buckets."""
    def measure():
        database.psql("TRUNCATE internal_events.buckets; UPDATE internal_events.readers SET snapshot = '1:1:'")
        return timed(database, peaks, 'rollup', 'SELECT internal_events.rollup()')
    return measure


def by_hand(database, peaks, side, sql, force_groupagg):
    """A side that stores what a hand-written statement makes; jit is off, as it is in rollup()."""
    def measure():
        database.psql('TRUNCATE plain_buckets')
        return timed(database, peaks, side, sql, work_mem='64MB', jit='off', **{'hll.force_groupagg': force_groupagg})
    return measure


def one_value(database):
    """A side that times one metric's value in a session of its own."""
    def measure():
        with contextlib.closing(harness.connect(database)) as connection:
            return harness.seconds_of(connection, "SELECT internal_events.metric_value('counts.user1')")[0]
    return measure


def mismatches(database):
    """How many buckets have another total, or a unique count more than 3 % off, in the hand-written result."""
    return database.psql("""
        SELECT count(*) FROM internal_events.buckets b FULL JOIN plain_buckets p USING (rule_id, day)
         WHERE b.rule_id IS NULL OR p.rule_id IS NULL OR b.total <> p.total
            OR abs(hll_cardinality(b.sketch) / hll_cardinality(p.sketch) - 1) > 0.03""")


def run(bench):
    """Measures and returns the rows."""
    events, kinds = bench.size(1_000_000, 50_000), bench.size(1000, 50)
    peaks = {}
    with bench.database('rollup') as database:
        bench.say(f'rollup: loading {kinds} events and {2 * kinds} metrics')
        harness.define_events(database, kinds, ['user', 'project'])
        database.psql(f"""
            SELECT count(track_event('e' || (1 + n % {kinds}), user_id => (random() * 1000000)::bigint,
                                     project_id => (random() * 10000)::bigint))
              FROM generate_series(1, {events}) n;
            CREATE TABLE plain_buckets (rule_id integer, day date, sketch hll(14, 5), total bigint,
                                        PRIMARY KEY (rule_id, day));""")
        database.psql('VACUUM ANALYZE')
        tail = bench.interleave('rollup', 's', {'metric_value(), all unread': one_value(database)}, warm_up=True)
        sides = {'rollup': rolled_up(database, peaks)}
        for side, sql, force in (('joined, sorted', JOINED, 'on'), ('joined, hashed', JOINED, 'off'),
                                 ('totals apart, sorted', APART, 'on'), ('totals apart, hashed', APART, 'off')):
            sides[side] = by_hand(database, peaks, side, sql, force)
        found = bench.interleave('rollup', 's', sides, warm_up=True)
        tail |= bench.interleave('rollup', 's', {'metric_value(), none unread': one_value(database)}, warm_up=True)
        wrong = mismatches(database)
        if wrong != '0':
            raise RuntimeError(f'rollup and the hand-written statement differ in {wrong} buckets')
    for side, peak in peaks.items():
        bench.raw.append(['rollup', side, 'peak', round(peak / 2**20, 1), 'MiB'])
    work = f'rollup: {events:,} events, {kinds:,} kinds, 3 rules'

    def row(way, name, goal=''):
        """A row against the better of a statement's two plans."""
        best = min((side for side in found if side.startswith(way)), key=found.get)
        return harness.Row(work, f'{name} ({best.split(", ")[1]})', 's', found['rollup'], found[best],
                           goal, f'peak {peaks["rollup"] / 2**20:.0f} MiB against {peaks[best] / 2**20:.0f} MiB')
    return [
        row('joined', 'join, hll_add_agg, GROUP BY', '<= 1'),
        row('totals apart', 'the same, totals apart'),
        harness.Row(work, 'the limit of its memory', 'MiB', peaks['rollup'] / 2**20, 512, '<= 1'),
        harness.Row(f'metric_value(), {events:,} events unread', 'the same after the rollup', 's',
                    tail['metric_value(), all unread'], tail['metric_value(), none unread']),
    ]
