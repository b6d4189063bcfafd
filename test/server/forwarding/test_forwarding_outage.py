"""Collectors that are down for an hour, and processes that are killed at any moment: nothing is lost or invented."""

import random
import time

import pytest

from cluster import wait_until
from forwarding import expect_all, expect_each_once, forward, forward_to, load, logged, status, track_many
from support import FULL, SECONDS, SEED, Background, session, until_killed

CLUSTER = {'fsync': True, 'expect_crash': True}
KILLS = 10 if FULL else 3
SECONDS_OF_TRAFFIC = 3600
# More in all than is queued at once.
A_SECOND = 20 if FULL else 8
SLOW = {'fault': 'slow_body', 'times': -1, 'bytes': 3, 'pause': 0.02}

# An hour of traffic, a transaction a second.
AN_HOUR = f'''
    DO $$
    DECLARE
        begun timestamptz := now() - interval '1 hour';
    BEGIN
        FOR passed IN 1 .. {SECONDS_OF_TRAFFIC} LOOP
            PERFORM track_event('opened', user_id => n, occurred_at => begun + make_interval(secs => passed + n / 20.0))
               FROM generate_series(0, {A_SECOND - 1}) n;
            COMMIT;
        END LOOP;
    END $$'''


@pytest.fixture
def ready(db, collector):
    """A database whose events go to the stand-in."""
    load(db, 'opened')
    forward_to(db, collector)
    return db


def test_an_hour_without_a_collector(ready, collector):
    """What is tracked in an hour without a collector waits in the log, and arrives when the collector is back."""
    collector.kill()
    ready.psql(f'SET synchronous_commit = off; {AN_HOUR}')
    with session(ready) as cursor:
        cursor.execute('UPDATE internal_events.forwarding SET failures_in_a_row = 6')
    forward(ready)
    row = status(ready)
    assert row.state == 'backing off' and row.backlog == SECONDS_OF_TRAFFIC * A_SECOND > row.queued > 0
    assert 3590 < row.lag.total_seconds() < 3900
    collector.start()
    forward(ready)
    expect_each_once(ready, collector)
    moments = sorted(int(event['dtm']) for event in collector.events())
    assert len(moments) == SECONDS_OF_TRAFFIC * A_SECOND and 3_590_000 < moments[-1] - moments[0] < 3_610_000


def write_until_killed(database, seed, over):
    """Tracks in short transactions until the server is gone; half of the writers do not wait for the disk."""
    choice = random.Random(seed)
    with until_killed(), session(database, autocommit=False) as cursor:
        cursor.execute(f"SET synchronous_commit = {'on' if seed % 2 else 'off'}")
        while not over.is_set():
            count = choice.randint(1, 40)
            cursor.execute("SELECT track_event('opened', user_id => n) FROM generate_series(1, %s) n", (count,))
            if choice.random() < 0.2:
                cursor.connection.rollback()
            else:
                cursor.connection.commit()
            over.wait(choice.random() / 20)


def forward_until_killed(database, over):
    """Forwards again and again until the server is gone."""
    with until_killed():
        while not over.is_set():
            forward(database, force=False)
            over.wait(0.02)


def expect_all_in_the_end(database, collector):
    """Asserts that, once everything is up, what came is what the log has."""
    forward(database)
    assert wait_until(lambda: status(database).state == 'ready', 5)
    assert status(database).backlog == 0
    expect_all(collector, logged(database))


def test_a_collector_killed_in_mid_response(ready, collector):
    """A collector that dies at random moments loses nothing, and gets twice what it had not answered."""
    print(f'INTERNAL_EVENTS_SEED={SEED}')
    choice = random.Random(SEED)
    cut = 0
    with Background() as beside:
        beside.start(write_until_killed, ready, 1, beside.over)
        beside.start(write_until_killed, ready, 2, beside.over)
        beside.start(forward_until_killed, ready, beside.over)
        for _ in range(KILLS):
            before = collector.summary()['total']
            collector.faults(SLOW)
            assert collector.wait_for(before + 1)
            time.sleep(choice.random() / 5)
            cut += status(ready).queued > 0
            collector.kill()
            time.sleep(choice.random() / 5)
            collector.start()
    expect_all_in_the_end(ready, collector)
    assert cut > 0 and collector.duplicates()


def test_a_postmaster_killed_in_mid_batch(cluster, ready, collector):
    """A server that dies at random moments sends all that its log has then, and has sent nothing else."""
    print(f'INTERNAL_EVENTS_SEED={SEED}')
    choice = random.Random(SEED)
    collector.faults(SLOW)
    track_many(ready, 100)
    for number in range(KILLS):
        with Background() as beside:
            workers = [beside.start(write_until_killed, ready, SEED + 10 * number + each, beside.over)
                       for each in range(4)]
            workers.append(beside.start(forward_until_killed, ready, beside.over))
            before = collector.summary()['total']
            assert collector.wait_for(before + 1)
            time.sleep(choice.random() / 2)
            # All at once: a session that sends would finish what it is at.
            cluster.kill_postmaster(patience=0)
            for worker in workers:
                worker.join(30)
        cluster.start()
        assert {event['eid'] for event in collector.events()} <= logged(ready)
    collector.clear_faults()
    expect_all_in_the_end(ready, collector)
    assert collector.duplicates()


def test_a_session_that_waits_ends_with_its_server(cluster, ready, collector):
    """Where only the postmaster is killed, a session that waits for the collector does not keep the server from starting."""
    forward_to(ready, collector, http_timeout='60s')
    collector.faults({'fault': 'hang'})
    track_many(ready, 3)
    with Background() as beside:
        worker = beside.start(forward_until_killed, ready, beside.over)
        assert wait_until(lambda: status(ready).queued == 3, SECONDS)
        begun = time.monotonic()
        cluster.kill_postmaster(patience=30)
        assert time.monotonic() - begun < SECONDS
        worker.join(SECONDS)
    cluster.start()
    collector.clear_faults()
    expect_all_in_the_end(ready, collector)
