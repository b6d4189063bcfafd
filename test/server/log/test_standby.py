"""A hot standby refuses events politely, shows metrics, and goes on exactly where it was when it is promoted."""

import pytest

from cluster import Database, wait_until
from command import run
from support import compare, define, one, rollup, session, sqlstate, track, track_some


@pytest.fixture
def standby(cluster, db):
    """A hot standby that has all of the primary's events, some rolled up, some not, some of a prepared transaction."""
    define(db)
    track_some(db, 5)
    assert rollup(db) == 15
    track_some(db, 3)
    with session(db, autocommit=False) as cursor:
        track(cursor, 'opened')
        cursor.execute("PREPARE TRANSACTION 'kept'")
    with cluster.standby() as running:
        yield Database(running, db.name)
    db.psql("ROLLBACK PREPARED 'kept'")


def test_standby_and_promotion(db, standby):
    """Tracking is refused with a warning, metrics are live; after the promotion everything counts once."""
    follows = "SELECT count(*) FROM shadow WHERE event = 'closed'"
    track_some(db, 1)
    assert wait_until(lambda: standby.psql(follows) == db.psql(follows), 20)
    with session(standby) as cursor:
        assert one(cursor, "SELECT track_event('opened')") is False
        assert 'WARNING:  event not recorded: this server is a standby' in cursor.connection.notices[-1]
        assert one(cursor, """SELECT track_events('[{"event": "opened"}]')""") == 0
        cursor.execute("SET internal_events.on_error = 'error'")
        assert sqlstate(cursor, "SELECT track_event('opened')") == '25006'
        cursor.execute("SET internal_events.on_error = 'ignore'")
        assert one(cursor, "SELECT track_event('opened')") is False
        assert sqlstate(cursor, 'SELECT internal_events.rollup()') == '25006'
        compare(standby)
        assert 'is a standby, from which nothing is sent' in run('deliver', database=standby, status=1).stderr

        assert one(cursor, 'SELECT pg_promote()')
        # The session that was refused a moment ago is welcome now.
        track(cursor, 'opened')
    track_some(standby, 2)
    compare(standby)
    assert rollup(standby) == 9 + 3 + 1 + 6
    compare(standby)
    standby.psql("COMMIT PREPARED 'kept'")
    assert rollup(standby) == 1
    compare(standby)
