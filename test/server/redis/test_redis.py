"""Our sketches hold what a real Redis holds, register by register."""

import pytest

from redis_server import registers
from support import load_event, load_metric, one, rollup, session


def names(size):
    """Returns different texts, of several alphabets and lengths."""
    shapes = ['user-%d', 'größe %d', '名前%d', 'имя %d', '🙂%d', '%d' + 'x' * 40, "o'%d\\\"", '%d\t']
    return [shapes[number % len(shapes)] % number for number in range(size)]


def ids(size):
    """Returns different ids, among them the smallest and the largest there are."""
    return [-2 ** 63, 2 ** 63 - 1, 0, -1, *range(1, size - 3)]


@pytest.mark.parametrize('size', [10, 1000, 1280, 1281, 5000, 100000])
@pytest.mark.parametrize('kind', ['ids', 'names'])
def test_registers_equal(db, redis, kind, size):
    """After the same elements all 16,384 registers are equal, and the counts differ by less than 1 %."""
    elements = ids(size) if kind == 'ids' else names(size)
    key = f'{kind}:{size}'
    redis.add(key, elements)
    count = redis.call('PFCOUNT', key)
    with session(db) as cursor:
        sketch, ours = one(cursor, f'''
            SELECT s::text, round(hll_cardinality(s))::bigint
              FROM (SELECT internal_events.sketch_of(internal_events.element(e)) AS s
                      FROM unnest(%s::{'bigint' if kind == 'ids' else 'text'}[]) e) u''', (elements,))
    assert registers(sketch) == redis.call('PFDEBUG', 'GETREG', key)
    assert abs(ours - count) <= 0.01 * count
    assert abs(ours - size) <= 3 * 0.0081 * size


def test_registers_of_tracked_events(db, redis):
    """The same is true of buckets that the rollup made of tracked events, in two batches, on their way through unions."""
    load_event(db, 'opened')
    load_metric(db, 'uniques.users', {'name': 'opened', 'unique': 'user.id'})
    load_metric(db, 'uniques.labels', {'name': 'opened', 'unique': 'label'})
    labels = names(3000)
    for begin in (0, 1500):
        with session(db) as cursor:
            cursor.execute("SELECT bool_and(track_event('opened', 10 * n, additional_properties => jsonb_build_object('label', l)))"
                           ' FROM unnest(%s::text[]) WITH ORDINALITY u (l, n)', (labels[:begin + 1500],))
            assert cursor.fetchone() == (True,)
        assert rollup(db) == begin + 1500
    redis.add('tracked:users', [10 * (number + 1) for number in range(3000)])
    redis.add('tracked:labels', labels)
    for identifier, key in (('user.id', 'tracked:users'), ('label', 'tracked:labels')):
        with session(db) as cursor:
            sketch = one(cursor, '''
                SELECT internal_events.sketch_union(b.sketch)::text
                  FROM internal_events.buckets b
                  JOIN internal_events.rules r ON r.id = b.rule_id
                 WHERE r.identifier = %s''', (identifier,))
        assert registers(sketch) == redis.call('PFDEBUG', 'GETREG', key)
