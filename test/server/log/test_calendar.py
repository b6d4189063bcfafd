"""Time frames against Python's calendar."""

import datetime
import random

import pytest

from support import load_event, load_metric, one, rollup, session

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
WEEK = 7 * DAY
TICK = datetime.timedelta(microseconds=1)
# Where years and ISO years part, leap days, and both changes of New York's clock.
SPECIAL = [datetime.date(2020, 12, 28), datetime.date(2021, 1, 4), datetime.date(2024, 12, 30), datetime.date(2026, 12, 28),
           datetime.date(2027, 1, 4), datetime.date(2024, 2, 26), datetime.date(2020, 3, 2), datetime.date(2026, 3, 9),
           datetime.date(2025, 11, 3), datetime.date(2025, 12, 29)]
ZONES = ['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu']


def week(day):
    """Returns the ISO year and week of a day."""
    return tuple(day.isocalendar())[:2]


def test_periods_of_every_day(db):
    """On each day from 2020 to 2027, 7d is the last complete ISO week, 28d the last four, all ends today."""
    with session(db) as cursor:
        cursor.execute("SET TimeZone = 'Pacific/Kiritimati'")
        day = datetime.date(2020, 1, 1)
        while day < datetime.date(2028, 1, 1):
            cursor.execute("SELECT set_config('internal_events.as_of', %s, false)", (day.isoformat(),))
            cursor.execute('SELECT time_frame, period_start::text, period_end::text FROM internal_events.time_frames')
            frames = {frame: (begin, end) for frame, begin, end in cursor.fetchall()}
            assert frames['all'] == ('-infinity', day.isoformat())
            for frame, weeks in (('7d', 1), ('28d', 4)):
                begin, end = map(datetime.date.fromisoformat, frames[frame])
                assert (begin.isoweekday(), end.isoweekday()) == (1, 7), (day, frame)
                assert week(end) == week(day - WEEK), (day, frame)
                assert week(begin) == week(day - weeks * WEEK), (day, frame)
                assert end - begin == (7 * weeks - 1) * DAY, (day, frame)
            day += DAY


def test_today_is_a_day_of_utc(db):
    """Without as_of the day is today's in UTC, whatever the session's time zone."""
    with session(db) as cursor:
        for zone in ZONES:
            cursor.execute('SET TimeZone = %s', (zone,))
            before = datetime.datetime.now(UTC).date()
            today = one(cursor, 'SELECT internal_events.as_of()')
            assert before <= today <= datetime.datetime.now(UTC).date(), zone


@pytest.mark.parametrize('text', ['2021-02-29', '2026-13-01', 'yesterday', '2026-1-1x', '20260101', '2026-01-01 10:00'])
def test_as_of_refuses_what_is_no_date(db, text):
    """A value that is no date is refused when it is set, not when a metric is read."""
    assert 'invalid value for parameter' in db.psql(f"LOAD 'internal_events'; SET internal_events.as_of = '{text}'",
                                                    check=False)


def moments():
    """Returns the last and the first moment on each side of special Mondays, and moments at random, with different users."""
    choice = random.Random(20261120)
    found = []
    for monday in SPECIAL:
        midnight = datetime.datetime.combine(monday, datetime.time(), UTC)
        for shift in (-4 * WEEK, -WEEK, 0 * DAY, WEEK):
            found += [midnight + shift - TICK, midnight + shift]
        found += [midnight + datetime.timedelta(hours=hours) for hours in (-14, -5, -4, 4, 5, 11, 14)]
    first = datetime.datetime(2019, 12, 1, tzinfo=UTC)
    return found + [first + choice.random() * 365 * 8 * DAY for _ in range(400)]


def insert(cursor, found):
    """Puts the events into the log: by track_event() where they are past, else directly, because it takes no future ones."""
    # A superuser may stretch how far back events are taken.
    cursor.execute("SET internal_events.event_retention = '36500d'")
    now = datetime.datetime.now(UTC) - DAY
    for user, moment in enumerate(found):
        if moment < now:
            assert one(cursor, "SELECT track_event('opened', %s, occurred_at => %s)", (user, moment))
        else:
            cursor.execute('''
                INSERT INTO internal_events.events (xid, id, event_definition_id, cluster_id, tracked_at, occurred_at, user_id,
                                                    send_to_snowplow)
                SELECT pg_current_xact_id()::text::bigint, gen_random_uuid(), d.id, internal_events.cluster_id(), now(), %s, %s, true
                  FROM internal_events.event_definitions d WHERE d.name = 'opened' ''', (moment, user))


def test_values_at_the_edges_of_weeks(db):
    """Events count for the ISO week of UTC that they occurred in, unread or rolled up, in any session's time zone."""
    load_event(db, 'opened')
    for frame in ('7d', '28d', 'all'):
        load_metric(db, f'counts.{frame}', {'name': 'opened'}, time_frame=frame)
        load_metric(db, f'uniques.{frame}', {'name': 'opened', 'unique': 'user.id'}, time_frame=frame)
    found = moments()
    with session(db, autocommit=False) as cursor:
        cursor.execute("SET TimeZone = 'Asia/Kathmandu'")
        insert(cursor, found)
        cursor.connection.commit()
    days = sorted({monday + shift * DAY for monday in SPECIAL for shift in (-1, 0, 1, 6, 7, 8, 13, 28)})
    for state in ('unread', 'rolled up'):
        with session(db) as cursor:
            # The setting lasts longer than the events' days.
            for number, day in enumerate(days):
                cursor.execute('SET TimeZone = %s', (ZONES[number % len(ZONES)],))
                cursor.execute("SELECT set_config('internal_events.as_of', %s, false)", (day.isoformat(),))
                past = [week(day - weeks * WEEK) for weeks in range(1, 5)]
                occurred = [moment.astimezone(UTC).date() for moment in found]
                expected = {'7d': sum(week(date) == past[0] for date in occurred),
                            '28d': sum(week(date) in past for date in occurred),
                            'all': sum(date <= day for date in occurred)}
                cursor.execute('SELECT key_path, value FROM internal_events.event_metric_values')
                assert dict(cursor.fetchall()) == {f'{kind}.{frame}': value for kind in ('counts', 'uniques')
                                                   for frame, value in expected.items()}, (day, state)
                assert one(cursor, 'SELECT value FROM metrics."counts.7d"') == expected['7d']
                monday = day - (day.isoweekday() - 1) * DAY
                assert one(cursor, "SELECT internal_events.total_count('opened', %s, %s)",
                           (monday - WEEK, monday - DAY)) == expected['7d']
        if state == 'unread':
            assert rollup(db) == len(found)
