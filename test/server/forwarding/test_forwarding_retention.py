"""How long the log is kept for events that wait, and what is said where it is not; giving up a backlog."""

import datetime

import pytest

from forwarding import (QUEUED, expect_all, expect_each_once, forward, forward_to, logged, lose_patience, status,
                        track_many)
from support import define, one, rollup, session, track_in_week

# Past event_retention, within forwarding_retention; and past both.
RECENT = datetime.date.today() - datetime.timedelta(days=140)
RECENT = str(RECENT - datetime.timedelta(days=RECENT.weekday()))
LONG_AGO = '2020-01-06'
NOWHERE = 'http://127.0.0.1:9'


@pytest.fixture
def ready(db, collector):  # pylint: disable=unused-argument
    """A database with definitions, which forwards nothing yet."""
    define(db)
    return db


def maintain(database):
    """Rolls up and runs maintenance(); returns the partitions that it dropped, and its warnings."""
    rollup(database)
    with session(database) as cursor:
        cursor.execute("SELECT object FROM internal_events.maintenance() WHERE action = 'dropped'")
        dropped = [name.rpartition('_')[2] for name, in cursor.fetchall()]
        return dropped, [notice for notice in cursor.connection.notices if notice.startswith('WARNING')]


def day(monday):
    """A Monday as partitions are named."""
    return monday.replace('-', '')


def test_a_partition_waits_for_the_forwarder(ready, collector):
    """What waits to be forwarded is kept past event_retention, and gone as soon as it was sent."""
    forward_to(ready, NOWHERE)
    track_in_week(ready, RECENT, 20)
    assert maintain(ready) == ([], [])
    # Read, hence in the queue, is enough.
    lose_patience(ready)
    forward_to(ready, collector)
    collector.faults({'fault': 'status', 'status': 500})
    forward(ready, snowplow_connections=1)
    ids = logged(ready)
    assert maintain(ready) == ([day(RECENT)], [])
    assert (status(ready).backlog, status(ready).dropped) == (20, 0)
    forward(ready)
    expect_all(collector, ids)
    assert len(ids) == 20 and status(ready).delivered == 20


def test_a_partition_that_is_read_in_part(ready, collector):
    """A partition of which one event is unread stays as a whole, and nothing of it is sent twice."""
    forward_to(ready, collector)
    track_in_week(ready, RECENT, 20)
    with session(ready, autocommit=False) as cursor:
        cursor.execute("SELECT track_event('opened')")
        # The same transaction writes to both weeks.
        cursor.execute('''
            INSERT INTO internal_events.events (xid, id, event_definition_id, cluster_id, tracked_at, send_to_snowplow)
            SELECT pg_current_xact_id()::text::bigint, gen_random_uuid(), event_definition_id, cluster_id,
                   tracked_at, true
              FROM internal_events.events WHERE user_id = 7''')
        forward(ready)
        assert collector.summary()['good'] == 20
        cursor.connection.commit()
    assert maintain(ready) == ([], [])
    forward(ready)
    expect_each_once(ready, collector)
    assert maintain(ready) == ([day(RECENT)], [])


def test_past_the_limit(ready, collector):
    """Past forwarding_retention events are dropped unsent, and that is said and counted; the rest goes on."""
    forward_to(ready, NOWHERE)
    track_in_week(ready, LONG_AGO, 20)
    track_in_week(ready, RECENT, 5)
    ready.psql('UPDATE internal_events.events SET send_to_snowplow = false '
               f"WHERE user_id < 4 AND tracked_at < '{RECENT}'")
    track_many(ready, 3)
    dropped, warnings = maintain(ready)
    assert dropped == [day(LONG_AGO)]
    assert len(warnings) == 1 and f'17 events of internal_events.events_{day(LONG_AGO)} were dropped' in warnings[0]
    assert '17 events of' in ready.cluster.log_text()
    assert (status(ready).dropped, status(ready).backlog) == (17, 8)
    forward_to(ready, collector)
    forward(ready)
    expect_each_once(ready, collector)
    assert (status(ready).dropped, status(ready).delivered) == (17, 8)
    assert maintain(ready) == ([day(RECENT)], [])


def test_the_limit_is_a_setting(ready):
    """forwarding_retention says how long."""
    forward_to(ready, NOWHERE)
    track_in_week(ready, RECENT, 5)
    assert maintain(ready) == ([], [])
    forward_to(ready, NOWHERE, forwarding_retention='91d')
    dropped, warnings = maintain(ready)
    assert dropped == [day(RECENT)] and len(warnings) == 1 and status(ready).dropped == 5


def test_forwarding_is_off(ready, collector):
    """Where forwarding was used and is off nothing is kept for it; that is said and counted."""
    forward_to(ready, collector)
    track_many(ready, 1)
    forward(ready)
    forward_to(ready, '')
    track_in_week(ready, RECENT, 5)
    dropped, warnings = maintain(ready)
    assert dropped == [day(RECENT)] and '5 events of' in warnings[0]
    assert status(ready).dropped == 5


def test_forwarding_was_never_used(ready):
    """Where nothing was ever forwarded partitions are dropped without a word."""
    track_in_week(ready, RECENT, 5)
    track_in_week(ready, LONG_AGO, 5)
    assert maintain(ready) == ([day(LONG_AGO), day(RECENT)], [])
    assert (status(ready).dropped, status(ready).state) == (0, 'off')


def test_discard(ready, collector):
    """What waits can be given up, queued or unread, to the last event; what commits later is sent."""
    forward_to(ready, collector)
    track_in_week(ready, RECENT, 20)
    track_many(ready, 30)
    lose_patience(ready)
    collector.faults({'fault': 'status', 'status': 500})
    forward(ready, snowplow_connections=1)
    assert ready.psql(QUEUED) == '50'
    track_many(ready, 7)
    with session(ready, autocommit=False) as late:
        late.execute("SELECT track_event('edited') FROM generate_series(1, 9)")
        track_many(ready, 4)
        ready.psql("SELECT track_event('opened', send_to_snowplow => false)")
        assert status(ready).backlog == 61
        assert ready.psql('SELECT internal_events.discard_forwarding_backlog()') == '61'
        assert (status(ready).backlog, status(ready).discarded) == (0, 61)
        late.connection.commit()
    assert ready.psql('SELECT internal_events.discard_forwarding_failures()') == '0'
    track_many(ready, 2)
    assert status(ready).backlog == 11
    forward(ready)
    assert sorted(event['se_ac'] for event in collector.events()) == ['edited'] * 9 + ['opened'] * 2
    assert (status(ready).delivered, status(ready).discarded, status(ready).dropped) == (11, 61, 0)
    assert maintain(ready) == ([day(RECENT)], [])


def test_discard_in_mid_transaction(ready, collector):
    """The same where a transaction has been read in part."""
    forward_to(ready, collector)
    track_many(ready, 21_000)
    lose_patience(ready)
    collector.faults({'fault': 'status', 'status': 500})
    forward(ready, snowplow_connections=1)
    assert ready.psql(QUEUED) == '20000'
    assert ready.psql('SELECT internal_events.discard_forwarding_backlog()') == '21000'
    track_many(ready, 5)
    forward(ready)
    assert collector.summary() == {'total': 5, 'good': 5, 'bad': 0}


def test_discard_in_mid_run(ready, collector):
    """What is given up while it is on its way is not sent again, and counts once."""
    forward_to(ready, collector)
    track_many(ready, 30)
    with session(ready, autocommit=False) as cursor:
        cursor.execute('SELECT pg_current_xact_id()')
        assert one(cursor, 'SELECT internal_events.discard_forwarding_backlog()') == 30
        cursor.connection.rollback()
    forward(ready)
    expect_each_once(ready, collector)
    assert status(ready).discarded == 0
