"""Every event is counted once, however transactions and rollups interleave."""

import random
import time

import psycopg2
import pytest

from support import (EVENTS, SEED, Background, compare, define, load_event, load_metric, one, rollup, session, track,
                     track_some)

WRITERS = 8
TRANSACTIONS = 250


def write(database, seed):
    """Runs transactions of all kinds; the shadow table follows the same commits and rollbacks as the log."""
    choice = random.Random(seed)
    with session(database, autocommit=False) as cursor:
        def some(most=4):
            for _ in range(choice.randint(1, most)):
                track(cursor, choice.choice(EVENTS), choice.randrange(200), choice.randrange(100), choice.randrange(60))

        for number in range(TRANSACTIONS):
            if number == TRANSACTIONS // 2:
                # More than the 64 subtransactions that a snapshot can list.
                for deep in range(80):
                    cursor.execute(f'SAVEPOINT s{deep}')
                    some(1)
            some()
            if choice.random() < 0.5:
                cursor.execute('SAVEPOINT a')
                some()
                cursor.execute('ROLLBACK TO a' if choice.random() < 0.5 else 'RELEASE a')
                some()
            if choice.random() < 0.3:
                time.sleep(choice.random() * 0.02)
            if choice.random() < 0.25:
                cursor.connection.rollback()
            else:
                cursor.connection.commit()


def test_eight_writers_and_everything_beside_them(db):
    """Totals, uniques and sums equal a shadow table's to the unit, before and after the last rollup."""
    print(f'INTERNAL_EVENTS_SEED={SEED}')
    # Days are merged while late events for them still come in.
    db.psql("ALTER DATABASE test SET internal_events.bucket_retention = '28d'")
    define(db)
    # At first the writers find no partition, so maintenance has to move what they wrote beside them.
    for partition in db.psql('SELECT partition FROM internal_events.partition_weeks()').split():
        db.psql(f'DROP TABLE {partition}')

    with session(db, autocommit=False) as held, session(db, autocommit=False) as prepared:
        for event in EVENTS:
            track(held, event, user=1001)
            track(prepared, event, user=1002)
        prepared.execute("PREPARE TRANSACTION 'tracked'")
        prepared.connection.commit()
        assert db.psql('SELECT gid FROM pg_prepared_xacts') == 'tracked'
        reads = []
        with Background() as beside:
            beside.repeat(lambda: reads.append(rollup(db)))
            beside.repeat(lambda: reads.append(rollup(db)))
            beside.repeat(lambda: reads.append(rollup(db, wait=False)))
            beside.repeat(lambda: db.psql('SELECT * FROM internal_events.maintenance()'), 0.2)
            beside.repeat(lambda: compare(db), 0.1)
            writers = [beside.start(write, db, SEED + number) for number in range(WRITERS)]
            for writer in writers:
                writer.join(120)
        print(f'{sum(reads)} events in {len(reads)} rollups beside the writers')
        db.psql("COMMIT PREPARED 'tracked'")
        for event in EVENTS:
            track(held, event, user=1003)
        held.connection.commit()

    compare(db)
    assert int(db.psql('SELECT count(*) FROM shadow')) > WRITERS * TRANSACTIONS
    assert rollup(db) >= 3 * len(EVENTS)
    compare(db)
    assert rollup(db) == 0
    assert db.psql('SELECT sum(unread) FROM internal_events.check_consistency()') == '0'
    # What fell into the default partition finds its place now at the latest.
    db.psql('SELECT * FROM internal_events.maintenance()')
    assert db.psql('SELECT count(*) FROM internal_events.events_default') == '0'
    compare(db)


def test_metrics_loaded_under_fire(db):
    """A metric that is loaded while writers and rollups are at work counts every event since the beginning once."""
    print(f'INTERNAL_EVENTS_SEED={SEED}')
    define(db)
    with session(db, autocommit=False) as held:
        track(held, 'opened', value=5)
        track_some(db, 20)
        assert rollup(db) == 60
        with Background() as beside:
            beside.repeat(lambda: rollup(db))
            beside.repeat(lambda: rollup(db, wait=False))
            writers = [beside.start(write, db, SEED + number) for number in range(3)]
            for event in EVENTS:
                load_metric(db, f'values.{event}', {'name': event, 'unique': 'value'})
                load_metric(db, f'fives.{event}', {'name': event, 'filter': {'value': 5}})
            for writer in writers:
                writer.join(120)
        held.connection.commit()

    def agree():
        for event in EVENTS:
            expected = db.psql(f"SELECT count(DISTINCT value), count(*) FILTER (WHERE value = 5) FROM shadow WHERE event = '{event}'")
            assert db.psql(f'SELECT v.value, f.value FROM metrics."values.{event}" v, metrics."fives.{event}" f') == expected
    agree()
    rollup(db)
    agree()
    compare(db)


def test_rows_of_a_transaction_that_tracked_before_and_after_many_rollups(db):
    """A transaction that stays open while others come and go delays its own events only."""
    define(db)
    with session(db, autocommit=False) as held:
        track(held, 'opened', user=1)
        for number in range(5):
            track_some(db, 1)
            assert rollup(db) == len(EVENTS)
            track(held, 'edited', user=number)
            compare(db)
        held.connection.commit()
    compare(db)
    assert rollup(db) == 6
    compare(db)


def test_prepared_transaction_survives_a_restart_of_the_server(cluster, db):
    """A prepared transaction's events are read once it is committed, by a server that has been restarted meanwhile."""
    define(db)
    with session(db, autocommit=False) as cursor:
        track(cursor, 'opened')
        cursor.execute("PREPARE TRANSACTION 'kept'")
    track_some(db, 2)
    assert rollup(db) == 6
    cluster.restart()
    assert rollup(db) == 0
    db.psql("COMMIT PREPARED 'kept'")
    compare(db)
    assert rollup(db) == 1
    compare(db)


def test_rolled_back_savepoints_leave_nothing(db):
    """Events of a subtransaction are counted if it and all around it commit, and under the top transaction's id."""
    define(db)
    with session(db, autocommit=False) as cursor:
        track(cursor, 'opened')
        for number, end in enumerate(['ROLLBACK TO', 'RELEASE', 'ROLLBACK TO', 'RELEASE']):
            cursor.execute(f'SAVEPOINT s{number}')
            track(cursor, 'opened', user=number)
            cursor.execute(f'{end} s{number}')
        assert one(cursor, 'SELECT count(DISTINCT xid) = 1 AND min(xid) = pg_current_xact_id()::text::bigint '
                           'FROM internal_events.events')
        cursor.connection.commit()
    compare(db)
    assert rollup(db) == 3
    compare(db)


@pytest.mark.parametrize('end', ['commit', 'rollback'])
def test_exceptions_in_plpgsql(db, end):
    """A block of plpgsql that fails takes its events with it; those around it stay or go with the transaction."""
    define(db)
    with session(db, autocommit=False) as cursor:
        track(cursor, 'opened')
        cursor.execute('''
            DO $$
            BEGIN
                FOR i IN 1 .. 100 LOOP
                    BEGIN
                        PERFORM track_event('edited', i);
                        INSERT INTO shadow VALUES ('edited', i, 0, (now() AT TIME ZONE 'UTC')::date);
                        IF i % 3 = 0 THEN
                            PERFORM 1 / 0;
                        END IF;
                    EXCEPTION WHEN division_by_zero THEN
                        NULL;
                    END;
                END LOOP;
            END
            $$''')
        getattr(cursor.connection, end)()
    expected = 1 + 67 if end == 'commit' else 0
    assert rollup(db) == expected
    assert int(db.psql('SELECT count(*) FROM shadow')) == expected


def test_aborted_transaction_ids_are_not_waited_for(db):
    """Events of transactions that failed never appear, also where their rows are still in the log's pages."""
    define(db)
    with session(db, autocommit=False) as cursor:
        for _ in range(20):
            track(cursor, 'opened')
            with pytest.raises(psycopg2.errors.DivisionByZero):
                cursor.execute('SELECT 1 / 0')
            cursor.connection.rollback()
    assert rollup(db) == 0
    compare(db)
    load_event(db, 'late')
    assert db.psql("SELECT track_event('late')") == 't'
    assert rollup(db) == 1
