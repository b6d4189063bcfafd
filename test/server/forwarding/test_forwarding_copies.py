"""A dump made while events wait: where it is restored they go out, once, and users are called what they were before."""

import shutil

import pytest

from cluster import Cluster, Database
from forwarding import (expect_all, failures, forward, forward_to, load, logged, lose_patience, received, standard,
                        status, track_many)
from copies import drop_copy, dump_and_restore
from support import burn_transaction_ids, program, session

WRONG = 2


@pytest.fixture(scope='module', autouse=True)
def _used_cluster(cluster):
    """The source's transaction ids are far from a new cluster's."""
    burn_transaction_ids(Database(cluster, 'postgres'), 10000)


@pytest.fixture(scope='module')
def lower(cluster):  # pylint: disable=unused-argument
    """A new cluster whose transaction ids are lower than the source's."""
    with Cluster(name='forwarding_lower') as running:
        yield running


@pytest.fixture(scope='module')
def higher(cluster):  # pylint: disable=unused-argument
    """A new cluster whose transaction ids are higher than the source's."""
    with Cluster(name='forwarding_higher') as running:
        burn_transaction_ids(Database(running, 'postgres'), 60000)
        yield running


def fill(database, collector, in_part):
    """Has events that were sent, some that are queued, some that are unread, and some that were put aside."""
    load(database, 'opened')
    forward_to(database, collector)
    track_many(database, 50)
    database.psql("SELECT track_event('opened', project_id => 2147483648) FROM generate_series(1, 2)")
    forward(database)
    sent = set(received(collector))
    assert len(sent) == 50 and len(failures(database)) == WRONG
    track_many(database, 21_000 if in_part else 40)
    lose_patience(database)
    collector.faults({'fault': 'status', 'status': 500})
    forward(database, snowplow_connections=1)
    assert status(database).queued == (20_000 if in_part else 40)
    track_many(database, 30)
    return sent


def no_settings(copy):
    """The database's settings do not come along with its dump; the role's that restored it do not matter."""
    assert status(copy).state == 'off'


def expect_the_rest(copy, collector, sent, count):
    """Asserts that a copy sends what waited, once, and nothing that had been sent."""
    no_settings(copy)
    row = status(copy)
    assert (row.backlog, row.failures) == (count, WRONG)
    before = failures(copy)
    wrong = set(before)
    collector.reset()
    forward_to(copy, collector)
    forward(copy)
    ids = logged(copy) - sent - wrong
    assert len(ids) == count
    expect_all(collector, ids)
    assert collector.duplicates() == {} and failures(copy) == before
    track_many(copy, 25)
    forward(copy)
    expect_all(collector, logged(copy) - sent - wrong)
    assert collector.duplicates() == {} and status(copy).backlog == 0


@pytest.mark.parametrize('where, form, in_part', [
    ('same', 'plain', False), ('lower', 'directory', True), ('higher', 'plain', True), ('lower', 'plain', False),
    ('higher', 'directory', False)])
# pylint: disable-next=too-many-arguments
def test_a_dump_in_mid_backlog(request, cluster, db, collector, tmp_path, where, form, in_part):
    """The queue, what was put aside, how far the log was read and the key of pseudonyms come along."""
    target = cluster if where == 'same' else request.getfixturevalue(where)
    sent = fill(db, collector, in_part)
    names = {event['se_va']: standard(event)['user_id'] for event in collector.events()}
    count = (21_000 if in_part else 40) + 30
    try:
        copy = dump_and_restore(db, target, form, tmp_path)
        expect_the_rest(copy, collector, sent, count)
        again = {event['se_va']: standard(event)['user_id'] for event in collector.events()}
        assert names.keys() & again.keys() and {**names, **again} == {**again, **names}
    finally:
        drop_copy(target)


def test_a_dump_of_what_was_never_forwarded(db, lower, collector, tmp_path):
    """Where forwarding begins only after the move all events are sent, those of the cluster before as well."""
    load(db, 'opened')
    track_many(db, 40)
    with session(db) as cursor:
        cursor.execute('SELECT internal_events.rollup()')
    track_many(db, 10)
    try:
        copy = dump_and_restore(db, lower, 'plain', tmp_path)
        track_many(copy, 5)
        forward_to(copy, collector)
        forward(copy)
        expect_all(collector, logged(copy))
        assert collector.duplicates() == {} and sum(received(collector).values()) == 55
    finally:
        drop_copy(lower)


def test_a_dump_moved_twice(db, lower, higher, collector, tmp_path):
    """A restored database that has read a part of what came along, and is moved once more, loses and repeats nothing."""
    sent = fill(db, collector, True)
    for name in ('first', 'second'):
        (tmp_path / name).mkdir()
    try:
        second = dump_and_restore(db, lower, 'directory', tmp_path / 'first')
        forward_to(second, collector)
        track_many(second, 15)
        lose_patience(second)
        collector.faults({'fault': 'status', 'status': 500})
        forward(second, snowplow_connections=1)
        third = dump_and_restore(second, higher, 'plain', tmp_path / 'second')
        expect_the_rest(third, collector, sent, 21_000 + 30 + 15)
    finally:
        drop_copy(lower)
        drop_copy(higher)
        shutil.rmtree(tmp_path / 'first')


def test_a_run_while_restoring(db, lower, collector, tmp_path):
    """A run that comes when a dump is half restored waits for the rest: nothing is sent twice, nothing is passed over."""
    sent = fill(db, collector, False)
    collector.reset()
    copy = lower.createdb('copy')
    try:
        program(db.cluster, 'pg_dump', '-d', db.name, '-Fc', '-f', tmp_path / 'dump')
        contents = program(lower, 'pg_restore', '-l', tmp_path / 'dump').splitlines()
        late = [line for line in contents if ' TABLE DATA internal_events readers ' in line or ' INDEX ' in line]
        assert len(late) > 1
        for part, name in ((late, 'late'), ([line for line in contents if line not in late], 'early')):
            (tmp_path / name).write_text('\n'.join(part))
        program(lower, 'pg_restore', '--exit-on-error', '-d', copy.name, '-L', tmp_path / 'early', tmp_path / 'dump')
        forward_to(copy, collector)
        forward(copy)
        assert set(received(collector)).isdisjoint(sent)
        program(lower, 'pg_restore', '--exit-on-error', '-d', copy.name, '-L', tmp_path / 'late', tmp_path / 'dump')
        forward(copy)
        expect_all(collector, logged(copy) - sent - set(failures(copy)))
        assert collector.duplicates() == {} and sum(received(collector).values()) == 70
    finally:
        drop_copy(lower)


@pytest.mark.parametrize('given_up', [False, True])
# pylint: disable-next=too-many-arguments
def test_a_dump_that_comes_back(db, cluster, lower, collector, tmp_path, given_up):
    """A database that returns to its first cluster goes on there: what was sent or given up elsewhere is done with."""
    load(db, 'opened')
    track_many(db, 30)
    for name in ('there', 'back'):
        (tmp_path / name).mkdir()
    try:
        second = dump_and_restore(db, lower, 'plain', tmp_path / 'there')
        forward_to(second, collector)
        if given_up:
            assert second.psql('SELECT internal_events.discard_forwarding_backlog()') == '30'
        else:
            forward(second)
            expect_all(collector, logged(second))
        known = logged(second)
        track_many(second, 7)
        third = dump_and_restore(second, cluster, 'plain', tmp_path / 'back')
        track_many(third, 5)
        collector.reset()
        forward_to(third, collector)
        forward(third)
        expect_all(collector, logged(third) - known)
        assert collector.duplicates() == {} and sum(received(collector).values()) == 12
    finally:
        drop_copy(lower)
        drop_copy(cluster)
