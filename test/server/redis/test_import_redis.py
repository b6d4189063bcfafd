"""import_redis_hll() and import_redis_counter(): what Redis counted is counted here, once, whatever the order."""

import datetime
import itertools

import pytest

from redis_server import registers
from support import load_event, load_metric, one, program, rollup, session, sqlstate

HLL = '{hll_counters}_'
COUNTER = '{event_counters}_'
FILTER = {'label': 'a,b:c]-user', 'value': 60.0}
BUCKETS = '''
    SELECT day::text, total FROM internal_events.buckets b JOIN internal_events.rules r ON r.id = b.rule_id
     WHERE r.is_plain_total AND total <> 0 ORDER BY day
'''
EMPTY = b'HYLL\x01' + bytes(11) + b'\x7f\xff'


@pytest.fixture(name='defined')
def _defined(db):
    """A database with an event, and metrics that count it in several ways."""
    load_event(db, 'opened')
    load_event(db, 'closed')
    load_metric(db, 'users', {'name': 'opened', 'unique': 'user.id'}, time_frame=['7d', '28d', 'all'])
    load_metric(db, 'filtered', {'name': 'opened', 'unique': 'user.id', 'filter': FILTER}, time_frame=['7d', '28d'])
    load_metric(db, 'labels', {'name': 'closed', 'unique': 'label'})
    load_metric(db, 'projects', {'name': 'closed', 'unique': 'project.id'})
    load_metric(db, 'totals', {'name': 'opened'}, time_frame=['7d', '28d', 'all'])
    return db


def sketch(cursor, key, content):
    """Takes over a sketch; returns what import_redis_hll() says."""
    return one(cursor, 'SELECT internal_events.import_redis_hll(%s, %s)', (key, content))


def counter(cursor, key, value):
    """Takes over a counter; returns what import_redis_counter() says."""
    return one(cursor, 'SELECT internal_events.import_redis_counter(%s, %s)', (key, value))


def warning(cursor):
    """The reason of the last refusal."""
    return cursor.connection.notices[-1].splitlines()[0].rpartition('" was not taken over: ')[2]


def last_week():
    """The Monday of the last complete week, and the week as keys have it."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    monday = today - datetime.timedelta(days=today.weekday() + 7)
    return monday, monday.strftime('%G-%V')


def is_consistent(cursor):
    """Whether check_consistency() finds nothing missing and nothing too much."""
    return one(cursor, 'SELECT bool_and(c.ok) FROM internal_events.check_consistency() c')


def metric(cursor, key_path, as_of):
    """A metric's value on a day."""
    cursor.execute("SELECT set_config('internal_events.as_of', %s, false)", (as_of,))
    return one(cursor, 'SELECT internal_events.metric_value(%s)', (key_path,))


@pytest.mark.parametrize(('size', 'encoding'), [(0, 'sparse'), (1, 'sparse'), (200, 'sparse'), (20000, 'dense')])
def test_registers_of_either_encoding(defined, redis, size, encoding):
    """A sketch comes through register by register, and again changes nothing."""
    key = f'{HLL}opened-user-2024-10'
    redis.call('PFADD', key)
    redis.add(key, range(size))
    assert redis.call('PFDEBUG', 'ENCODING', key) == encoding
    with session(defined) as cursor:
        for _ in range(2):
            assert sketch(cursor, key, redis.call('GET', key)) is True
            cursor.execute('SELECT day::text, sketch::text FROM internal_events.buckets WHERE sketch IS NOT NULL')
            (day, imported), = cursor.fetchall()
            assert day == '2024-03-04'
            assert (registers(imported) if size else [0] * 16384) == redis.call('PFDEBUG', 'GETREG', key)
        assert abs(metric(cursor, 'users_weekly', '2024-03-11') - size) <= 0.03 * size


def test_users_of_both_sides_count_once(defined, redis):
    """What was tracked here and what Redis has of the same week are united, as if all had gone to Redis."""
    monday, week = last_week()
    key = f'{HLL}opened-user-{week}'
    redis.add(key, range(1, 3001))
    with session(defined) as cursor:
        cursor.execute("SELECT bool_and(track_event('opened', n, occurred_at => %s)) FROM generate_series(2001, 4500) n",
                       (f'{monday} 12:00Z',))
        rollup(defined)
        assert sketch(cursor, key, redis.call('GET', key))
        redis.add(key, range(2001, 4501))
        cursor.execute('SELECT sketch::text FROM internal_events.buckets WHERE sketch IS NOT NULL')
        (united,), = cursor.fetchall()
        assert registers(united) == redis.call('PFDEBUG', 'GETREG', key)
        assert is_consistent(cursor)


def test_weeks_where_years_change(defined, redis):
    """Each ISO week counts for its own seven days, and four of them together for 28."""
    weeks = {'2020-50': 10, '2020-51': 20, '2020-52': 40, '2020-53': 80, '2021-01': 160}
    with session(defined) as cursor:
        for number, (week, size) in enumerate(weeks.items()):
            key = f'{HLL}opened-user-{week}'
            redis.add(key, range(number * 1000, number * 1000 + size))
            assert sketch(cursor, key, redis.call('GET', key))
            assert counter(cursor, f'{COUNTER}opened-{week}', size)
        for day, weekly, monthly in (('2020-12-21', 20, 30), ('2020-12-28', 40, 70), ('2021-01-03', 40, 70),
                                     ('2021-01-04', 80, 150), ('2021-01-11', 160, 300), ('2021-01-18', 0, 280)):
            assert metric(cursor, 'totals_weekly', day) == weekly
            assert metric(cursor, 'totals_monthly', day) == monthly
            assert abs(metric(cursor, 'users_weekly', day) - weekly) <= 0.02 * weekly
            assert abs(metric(cursor, 'users_monthly', day) - monthly) <= 0.02 * monthly
        assert abs(metric(cursor, 'users', '2021-01-18') - 310) <= 6
        for week in ('2021-53', '2020-54', '2020-00', '1969-01', '0000-01', '9999-99'):
            assert counter(cursor, f'{COUNTER}opened-{week}', 1) is False
            assert warning(cursor) == 'it ends in a week that does not exist'
        assert counter(cursor, f'{COUNTER}opened-2222-01', 1) is False
        assert warning(cursor) == 'it ends in a week that has not begun'


def test_filters_with_the_signs_of_keys(defined, redis):
    """A filter's text may look like the rest of a key; its numbers are written as in the definition."""
    key = f'{HLL}opened-filter:[label:a,b:c]-user,value:%s]-user-2024-10'
    redis.add('any', range(50))
    with session(defined) as cursor:
        assert sketch(cursor, key % '60.0', redis.call('GET', 'any'))
        assert abs(metric(cursor, 'filtered_weekly', '2024-03-11') - 50) <= 1
        assert sketch(cursor, key % '60', redis.call('GET', 'any'))
        assert sketch(cursor, key % '60.00', redis.call('GET', 'any')) is False
        assert warning(cursor) == 'no metric that is loaded counts this of its event'
        assert metric(cursor, 'users_weekly', '2024-03-11') == 0


def test_keys_that_are_refused(defined, redis):
    """A key that is of no rule, or of several, is refused with the reason."""
    load_metric(defined, 'counted', {'name': 'closed', 'filter': {'label': 'a', 'property': 'b'}},
                {'name': 'closed', 'filter': {'label': 'a,property:b'}})
    redis.add('any', range(50))
    content = redis.call('GET', 'any')
    with session(defined) as cursor:
        for key, reason in ((f'{HLL}opened-project-2024-10', 'no metric that is loaded counts this of its event'),
                            (f'{HLL}opened2-user-2024-10', 'its event is not defined'),
                            (f'{HLL}-2024-10', 'its event is not defined'),
                            (f'{HLL}closed-2024-10', 'it names no identifier, and its event is counted by several'),
                            (f'{COUNTER}opened', 'it does not begin with {hll_counters}_'),
                            ('opened', 'it does not begin with {hll_counters}_'),
                            (f'{HLL}{"opened" * 2000}-2024-10',
                             'it is too long, or no text in the encoding of this database'),
                            (None, 'it is null')):
            assert sketch(cursor, key, content) is False
            assert warning(cursor) == reason
        assert sketch(cursor, f'{HLL}opened-user-2024-10', None) is False
        assert warning(cursor) == 'its value is null'
        assert counter(cursor, f'{COUNTER}closed-filter:[label:a,property:b]', 3) is False
        assert warning(cursor) == 'several rules have this key'
        # By the event's name alone, as RedisHLL called keys first.
        assert sketch(cursor, f'{HLL}opened-2024-10', content)
        cursor.execute('SELECT count(*) FROM internal_events.buckets')
        assert cursor.fetchone() == (1,)


def test_damaged_values(defined):
    """Bytes that are no sketch, and numbers that are no count, are errors, and change nothing."""
    with session(defined) as cursor:
        for content in (b'', b'HYLL', EMPTY[:-1], EMPTY + b'\0', b'X' + EMPTY[1:], b'HYLL\0' + bytes(11 + 12288) + b'\0',
                        b'HYLL\0' + bytes(11) + b'\xff' * 12288, bytes(1000000)):
            assert sqlstate(cursor, 'SELECT internal_events.import_redis_hll(%s, %s)',
                            (f'{HLL}opened-user-2024-10', content)) == '22P03'
        for value in (-1, 10 ** 15, 2 ** 63 - 1):
            assert sqlstate(cursor, 'SELECT internal_events.import_redis_counter(%s, %s)',
                            (f'{COUNTER}opened', value)) == '22P03'
        cursor.execute("SELECT status, reason FROM internal_events.take_over_redis_keys("
                       "ARRAY['{event_counters}_opened', '{hll_counters}_opened-user-2024-10', NULL]::bytea[], '{}', false)")
        assert cursor.fetchall() == [('damaged', 'it has no value')] * 2 + [
            ('unknown', 'it is too long, or no text in the encoding of this database')]
        assert one(cursor, 'SELECT count(*) FROM internal_events.buckets') == 0
        assert one(cursor, 'SELECT count(*) FROM internal_events.redis_imports') == 0


@pytest.mark.parametrize('order', itertools.permutations(['', '-2024-09', '-2024-10']))
def test_counters_in_any_order(defined, order):
    """Weeks count for their Mondays, the rest of the total for all time; again, and after growth."""
    with session(defined) as cursor:
        for values, expected in (({'': 100, '-2024-09': 7, '-2024-10': 30}, [63, 7, 30]),
                                 ({'': 100, '-2024-09': 7, '-2024-10': 30}, [63, 7, 30]),
                                 ({'': 120, '-2024-09': 7, '-2024-10': 45}, [68, 7, 45]),
                                 # Less than its weeks, as where the metric for all time came later: never negative.
                                 ({'': 120, '-2024-09': 7, '-2024-10': 145}, [7, 145])):
            for week in order:
                assert counter(cursor, f'{COUNTER}opened{week}', values[week])
            cursor.execute(BUCKETS)
            rows = cursor.fetchall()
            assert [total for _, total in rows] == expected
            assert [day for day, _ in rows[-2:]] == ['2024-02-26', '2024-03-04']
            assert metric(cursor, 'totals', '2024-03-20') == sum(expected)
            assert is_consistent(cursor)
        assert counter(cursor, f'{COUNTER}opened', 119) is False
        assert warning(cursor) == 'more than that was taken over before, and a counter does not shrink'


def test_one_rule_has_one_counter(defined):
    """Two keys that are spellings of one rule do not add up."""
    load_metric(defined, 'valued', {'name': 'opened', 'filter': {'value': 5}})
    with session(defined) as cursor:
        assert counter(cursor, f'{COUNTER}opened-filter:[value:5]', 3)
        assert counter(cursor, f'{COUNTER}opened-filter:[value:5.0]', 4) is False
        assert warning(cursor) == 'another key of the same rule was taken over before'


def test_weeks_that_have_been_merged(defined, redis):
    """What lies before the last merge goes where such days are; a counter that grows later too."""
    redis.add('any', range(500))
    with session(defined) as cursor:
        assert counter(cursor, f'{COUNTER}opened-2024-09', 5)
        cursor.execute("SET internal_events.bucket_retention = '90d'; SELECT internal_events.merge_buckets()")
        assert cursor.fetchone() == (1,)
        assert counter(cursor, f'{COUNTER}opened-2024-09', 8)
        assert counter(cursor, f'{COUNTER}opened-2024-10', 2)
        assert counter(cursor, f'{COUNTER}opened', 100)
        assert sketch(cursor, f'{HLL}opened-user-2024-10', redis.call('GET', 'any'))
        assert one(cursor, "SELECT bool_and(day = '-infinity') FROM internal_events.buckets") is True
        cursor.execute(BUCKETS)
        assert cursor.fetchall() == [('-infinity', 100)]
        assert is_consistent(cursor)


def test_consistency_still_finds_gaps(defined):
    """Imports are no excuse: an event that is missing, or counted twice, shows."""
    with session(defined) as cursor:
        cursor.execute("SELECT bool_and(track_event('opened', n)) FROM generate_series(1, 10) n")
        rollup(defined)
        assert counter(cursor, f'{COUNTER}opened', 100)
        assert is_consistent(cursor)
        cursor.execute("SELECT event_name, tracked, rolled_up, unread FROM internal_events.check_consistency()"
                       " WHERE event_name = 'opened'")
        assert cursor.fetchone() == ('opened', 10, 10, 0)
        for change in ('+ 1', '- 2'):
            cursor.execute(f"UPDATE internal_events.buckets SET total = total {change} WHERE day = '-infinity'")
            assert not is_consistent(cursor)


def test_a_rule_whose_past_is_not_counted_yet(defined, redis):
    """A metric that was loaded without counting gets what the log has, and what Redis has."""
    redis.add('any', range(100, 200))
    monday, week = last_week()
    with session(defined) as cursor:
        cursor.execute("SELECT bool_and(track_event('closed', n, occurred_at => %s)) FROM generate_series(1, 150) n",
                       (f'{monday} 12:00Z',))
        rollup(defined)
        cursor.execute("SELECT internal_events.load_metric_definition(%s, NULL, false)", (
            '{key_path: late, description: late, value_type: number, status: active, time_frame: all, '
            'data_source: internal_events, events: [{name: closed, unique: user.id}]}',))
        assert sketch(cursor, f'{HLL}closed-user-{week}', redis.call('GET', 'any'))
        cursor.execute('SELECT internal_events.count_retained()')
        assert abs(metric(cursor, 'late', '2200-01-01') - 199) <= 4


def test_rights(defined, roles):  # pylint: disable=unused-argument
    """Only an administrator may."""
    call = f"SELECT internal_events.import_redis_counter('{COUNTER}opened', 1)"
    assert defined.psql(call, role='admin') == 't'
    for role in ('writer', 'reader', 'nobody'):
        for sql in (call, f"SELECT internal_events.import_redis_hll('{HLL}opened-user-2024-10', '')",
                    "SELECT internal_events.take_over_redis_keys('{}', '{}', true)",
                    "SELECT internal_events.find_redis_rules('{}')"):
            assert 'permission denied' in defined.psql(sql, role=role, check=False)


def test_dump_and_restore(cluster, defined, tmp_path):
    """A copy knows what was taken over: what has grown since adds the difference."""
    with session(defined) as cursor:
        assert counter(cursor, f'{COUNTER}opened', 100)
        assert counter(cursor, f'{COUNTER}opened-2024-10', 30)
    program(cluster, 'pg_dump', '-d', defined.name, '-f', tmp_path / 'dump')
    copy = cluster.createdb('copy')
    try:
        program(cluster, 'psql', '-Xqd', copy.name, '-v', 'ON_ERROR_STOP=1', '-f', tmp_path / 'dump')
        with session(copy) as cursor:
            assert counter(cursor, f'{COUNTER}opened', 110)
            cursor.execute(BUCKETS)
            assert cursor.fetchall() == [('-infinity', 80), ('2024-03-04', 30)]
            assert is_consistent(cursor)
    finally:
        cluster.psql('DROP DATABASE copy WITH (FORCE)')
