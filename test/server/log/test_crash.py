"""Killed processes lose no event and count none twice."""

import contextlib
import os
import random
import signal
import time

import pytest

from cluster import wait_until
from support import (EVENTS, SEED, Background, compare, define, rollup, session, track, track_some, until_killed,
                     waits_for_lock)

CLUSTER = {'fsync': True, 'expect_crash': True}


def write_until_killed(database, seed):
    """Tracks in transactions of all kinds until the server is gone; a commit without answer counts or not, as a whole."""
    choice = random.Random(seed)
    with until_killed(), session(database, autocommit=False) as cursor:
        while True:
            for _ in range(choice.randint(1, 4)):
                track(cursor, choice.choice(EVENTS), choice.randrange(200), choice.randrange(100), choice.randrange(30))
            if choice.random() < 0.3:
                cursor.execute('SAVEPOINT a')
                track(cursor, 'opened')
                cursor.execute('ROLLBACK TO a')
            if choice.random() < 0.2:
                cursor.connection.rollback()
            else:
                cursor.connection.commit()


def roll_up_until_killed(database):
    """Rolls up until the server is gone."""
    with until_killed(), session(database) as cursor:
        while True:
            cursor.execute('SELECT internal_events.rollup()')


@contextlib.contextmanager
def stuck_rollup(database, background, how):
    """A rollup that has come to a known point and cannot go on; yields its process id."""
    hold = {
        # Its results are computed and half written: the last bucket's row is locked.
        'half written': 'SELECT FROM internal_events.buckets WHERE (rule_id, day) = '
                        '(SELECT max(rule_id), max(day) FROM internal_events.buckets) FOR UPDATE',
        # Before it reads.
        'begun': 'LOCK TABLE internal_events.buckets IN SHARE MODE',
        # All done but the commit.
        'uncommitted': None,
    }[how]
    with session(database, autocommit=False) as holder, session(database, autocommit=False) as cursor:
        if hold:
            holder.execute(hold)
            def run():
                with until_killed():
                    cursor.execute('SELECT internal_events.rollup()')
            background.start(run)
            assert wait_until(lambda: waits_for_lock(database, cursor.connection.info.backend_pid), 20)
        else:
            cursor.execute('SELECT internal_events.rollup()')
        yield cursor.connection.info.backend_pid


def kill_backend(cluster, pid):
    """Kills a backend and waits until the server has recovered from that."""
    before = len(cluster.log_text())
    os.kill(pid, signal.SIGKILL)
    # For a moment the postmaster does not know yet, and still lets sessions in.
    assert wait_until(lambda: 'ready to accept connections' in cluster.log_text()[before:], 60)


@pytest.mark.parametrize('how', ['begun', 'half written', 'uncommitted'])
@pytest.mark.parametrize('victim', ['backend', 'postmaster'])
def test_killed_in_mid_rollup(cluster, db, how, victim):
    """A rollup killed before it reads, half way or before its commit leaves everything to the next one."""
    define(db)
    track_some(db, 30)
    assert rollup(db) == 90
    track_some(db, 30)
    with Background() as beside:
        writers = [beside.start(write_until_killed, db, SEED + number) for number in range(3)]
        with stuck_rollup(db, beside, how) as pid:
            compare(db)
            if victim == 'backend':
                kill_backend(cluster, pid)
            else:
                cluster.kill_postmaster()
        for writer in writers:
            writer.join(30)
    if victim == 'postmaster':
        cluster.start()
    compare(db)
    assert rollup(db) >= 90
    compare(db)
    assert rollup(db) == 0


@pytest.mark.parametrize('number', range(4))
def test_postmaster_killed_at_any_moment(cluster, db, number):
    """Writers and rollups die at a random moment; after recovery the log, the buckets and the shadow table agree."""
    print(f'INTERNAL_EVENTS_SEED={SEED}')
    choice = random.Random(SEED + number)
    define(db)
    # Half of the rounds lose the last commits of all; what is left has to agree no less.
    db.psql(f"ALTER DATABASE test SET synchronous_commit = {'on' if number % 2 else 'off'}")
    with Background() as beside:
        workers = [beside.start(write_until_killed, db, SEED + 10 * number + each) for each in range(4)]
        workers += [beside.start(roll_up_until_killed, db) for _ in range(2)]
        time.sleep(0.3 + choice.random() * 0.5)
        cluster.kill_postmaster()
        for worker in workers:
            worker.join(30)
    cluster.start()
    compare(db)
    rollup(db)
    compare(db)
    # Transaction ids that the crash gave back are used again now.
    track_some(db, 10)
    compare(db)
    assert rollup(db) == 30
    compare(db)


def test_prepared_transaction_survives_a_crash(cluster, db):
    """A transaction prepared before the crash and committed after it is counted once."""
    define(db)
    with session(db, autocommit=False) as cursor:
        track(cursor, 'opened')
        cursor.execute("PREPARE TRANSACTION 'kept'")
    track_some(db, 1)
    assert rollup(db) == 3
    cluster.kill_postmaster()
    cluster.start()
    assert rollup(db) == 0
    db.psql("COMMIT PREPARED 'kept'")
    compare(db)
    assert rollup(db) == 1
    compare(db)
