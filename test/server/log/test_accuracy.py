"""How exact unique counts are."""

import pytest

from support import FULL, load_event, load_metric, one, rollup, session

STANDARD_ERROR = 0.0081
DECADES = [10 ** power for power in range(8 if FULL else 7)]
# Runs of ids that begin at different places stand for different users.
SEEDS = [0, 10 ** 9, 2 * 10 ** 12]


def estimate(cursor, first, size):
    """Returns the unique count of `size` ids."""
    return one(cursor, '''SELECT round(hll_cardinality(internal_events.sketch_of(internal_events.element(n))))::bigint
                            FROM generate_series(%s::bigint + 1, %s::bigint + %s) n''', (first, first, size))


@pytest.mark.parametrize('size', DECADES)
def test_error_within_three_standard_errors(db, size):
    """At each decade every count is within three standard errors, and their mean within two; up to 1,280 they are exact."""
    with session(db) as cursor:
        errors = [(estimate(cursor, first, size) - size) / size for first in SEEDS[:3 if size <= 1000000 else 1]]
    if size <= 1280:
        assert errors == [0] * len(errors)
    assert max(map(abs, errors)) <= 3 * STANDARD_ERROR
    assert abs(sum(errors) / len(errors)) <= 2 * STANDARD_ERROR or len(errors) == 1


@pytest.mark.parametrize('size', [1, 2, 3, 1279, 1280])
def test_exact_while_explicit(db, size):
    """Up to 1,280 elements in a bucket a count is exact; duplicates do not count."""
    with session(db) as cursor:
        assert one(cursor, '''SELECT hll_cardinality(internal_events.sketch_of(internal_events.element(n %% %s)))
                                FROM generate_series(1, 3 * %s) n''', (size, size)) == size


@pytest.mark.parametrize('size', [0, 1, 2, 1279, 1280, 1281, 2000, 4310, 4311, 4312, 5000, 100000])
@pytest.mark.parametrize('kind', ['n', "'label ' || n"])
def test_same_bytes_as_hll(db, size, kind):
    """sketch_of() makes the very bytes that hll_add_agg() makes, at every change of encoding, in any order of elements."""
    with session(db) as cursor:
        ours, theirs, shuffled = one(cursor, f'''
            SELECT internal_events.sketch_of(e)::text, hll_add_agg(e, 14, 5, -1, 1)::text,
                   internal_events.sketch_of(e ORDER BY e::text)::text
              FROM (SELECT internal_events.element({kind}) AS e FROM generate_series(1, {size}::bigint) n
                     UNION ALL
                    SELECT internal_events.element({kind}) FROM generate_series(1, {size}::bigint / 3) n) u''')
    assert ours == theirs == shuffled


def test_same_bytes_as_hll_by_union(db):
    """A union of sketches has the bytes of one sketch of all their elements."""
    with session(db) as cursor:
        united, whole = one(cursor, '''
            WITH elements AS (SELECT internal_events.element(n) AS e, n / 700 AS part FROM generate_series(1, 9000) n)
            SELECT (SELECT internal_events.sketch_union(s)::text
                      FROM (SELECT internal_events.sketch_of(e) AS s FROM elements GROUP BY part) p),
                   (SELECT hll_add_agg(e, 14, 5, -1, 1)::text FROM elements)''')
    assert united == whole


def test_nulls_and_strange_elements(db):
    """Events without the identifier do not count; an element whose hash is zero does."""
    with session(db) as cursor:
        assert one(cursor, 'SELECT internal_events.sketch_of(NULL) IS NULL')
        assert one(cursor, '''SELECT hll_cardinality(internal_events.sketch_of(e::hll_hashval))
                                FROM unnest(ARRAY[0, 0, 1, -1, NULL]::bigint[]) e''') == 3
        sketches = one(cursor, '''SELECT internal_events.sketch_of(e::hll_hashval)::text,
                                         hll_add_agg(e::hll_hashval, 14, 5, -1, 1)::text
                                    FROM unnest(ARRAY[0, 0, 1, -1, NULL]::bigint[]) e''')
        assert sketches[0] == sketches[1]


def test_tracked_events(db):
    """What unique_count() and the metric say of tracked users is as exact, over many days, before and after rollups."""
    load_event(db, 'opened')
    load_metric(db, 'uniques.users', {'name': 'opened', 'unique': 'user.id'})
    users = 30000
    for batch in range(3):
        assert int(db.psql(f'''
            SELECT count(*) FROM generate_series(1, {users}) n
             WHERE track_event('opened', n, occurred_at => now() - (n + {batch}) % 28 * interval '1 day')''')) == users
        if batch < 2:
            assert rollup(db) == users
        counted = int(db.psql("SELECT internal_events.unique_count('opened', 'user.id', '-infinity', 'infinity')"))
        assert abs(counted - users) <= 3 * STANDARD_ERROR * users
        assert int(db.psql('SELECT value FROM metrics."uniques.users"')) == counted
