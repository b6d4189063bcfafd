"""A Service Ping that could not be built, and the report of it."""

import json

import pytest

from cluster import wait_until
from pings import (BROKEN, BUILD, DISK_FULL, attempts, build, configure, deliver_to, fail_a_build, make_due, ping, send,
                   state)
from receiver import after_release, answer
from support import SECONDS, ends, in_thread, one, session, sqlstate

CANCELED = '57014'
MISSING_TABLE = '42P01'


def test_the_report(cluster, db, receiver):
    """A failure to build is kept with its error, and reported without it."""
    deliver_to(db, receiver.url)
    configure(db, hostname='db.example.com', application_version='16.4.1')
    uuid = db.psql('SELECT internal_events.instance_uuid()')
    number = fail_a_build(db)
    row = ping(db, number)
    assert (row.status, row.sqlstate, row.payload, row.attempts) == ('failed', DISK_FULL, None, 0)
    assert row.last_error == 'the disk of Graham is full'
    for _ in range(2):
        send(db)
        (request,) = receiver.requests
    assert (request.method, request.path) == ('POST', '/service_ping/error')
    assert request.headers['Content-Type'] == 'application/json'
    assert request.headers['Idempotency-Key'] == row.idempotency_key
    report = json.loads(request.body)
    assert list(report) == ['error']
    error = report['error']
    assert set(error) == {'time', 'uuid', 'hostname', 'version', 'elapsed', 'sqlstate'}
    assert (error['uuid'], error['hostname'], error['version']) == (uuid, 'db.example.com', '16.4.1')
    assert error['sqlstate'] == DISK_FULL
    assert 0 < error['elapsed'] < 60
    assert b'Graham' not in request.body and b'disk' not in request.body
    row = ping(db, number)
    assert (row.status, row.attempts, row.next_attempt_at) == ('failed', 1, None)
    assert row.last_error == 'the disk of Graham is full' and row.sent_at is not None
    assert attempts(db, number) == [(201, None)]
    assert 'the disk of Graham is full' in cluster.log_text()


@pytest.mark.parametrize('path, reported', [('', '/error'), ('/', '/error'), ('/ping', '/ping/error'),
                                            ('/ping/', '/ping/error'), ('/ping?key=a/b', '/ping/error?key=a/b'),
                                            ('?key=a', '/error?key=a')])
def test_where_the_report_goes(db, receiver, path, reported):
    """To <url>/error, in front of a query."""
    deliver_to(db, f'http://127.0.0.1:{receiver.port}{path}')
    fail_a_build(db)
    send(db)
    assert [request.path for request in receiver.requests] == [reported]


def test_a_report_that_does_not_arrive(db, receiver):
    """It is tried again as a ping is, the same one, and is not taken for a ping."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(500), answer(200))
    number = fail_a_build(db)
    send(db)
    row = ping(db, number)
    assert (row.status, row.attempts, row.last_error) == ('failed', 1, 'the disk of Graham is full')
    assert 7 < row.hours < 9
    assert attempts(db, number) == [(500, 'answered with status 500')]
    make_due(db)
    send(db)
    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers['Idempotency-Key'] == second.headers['Idempotency-Key']
    assert state(db, number) == ('failed', 2, False)


def test_the_next_build(db, receiver):
    """After a failure, the next run of the job builds the ping of the week; both the report and the ping go out."""
    deliver_to(db, receiver.url)
    assert [fail_the_build_of_the_week(db) for _ in range(2)] == [1, 2]
    number = build(db)
    assert build(db) == number == 3
    send(db)
    assert [request.path for request in receiver.requests] == ['/service_ping/error'] * 2 + ['/service_ping']
    assert state(db, number) == ('sent', 1, False)


def fail_the_build_of_the_week(database):
    """Makes the build fail that the job would do, and mends what was wrong."""
    with session(database) as cursor:
        whole = one(cursor, "SELECT pg_get_functiondef('internal_events.nest_key_paths'::regproc)")
        cursor.execute(BROKEN)
        assert sqlstate(cursor, BUILD) == DISK_FULL
        cursor.execute(whole)
        return one(cursor, 'SELECT max(id) FROM internal_events.service_pings')


def test_a_report_can_be_withheld(db, receiver):
    """A report is withheld, and sent after all, as a ping is."""
    deliver_to(db, receiver.url)
    failed = fail_the_build_of_the_week(db)
    number = build(db)
    db.psql(f'SELECT internal_events.withhold_service_ping({failed})')
    send(db)
    assert [request.path for request in receiver.requests] == ['/service_ping']
    assert state(db, failed) == ('withheld', 0, False)
    assert build(db) == number
    db.psql(f'SELECT internal_events.resend_service_ping({failed})')
    send(db)
    assert [request.path for request in receiver.requests] == ['/service_ping', '/service_ping/error']
    assert state(db, failed) == ('failed', 1, False)


def test_a_report_under_way_is_no_ping(db, receiver):
    """While the report is being sent, the ping of the week can be built."""
    deliver_to(db, receiver.url, http_timeout='30s')
    receiver.tell(after_release(answer(200)), answer(200))
    failed = fail_the_build_of_the_week(db)
    thread, _ = in_thread(lambda: send(db))
    try:
        assert receiver.wait_for(1)
        number = build(db)
        assert number != failed
        assert state(db, number) == ('built', 0, True)
    finally:
        receiver.release()
    assert ends(thread)
    assert [state(db, each)[0] for each in (failed, number)] == ['failed', 'sent']


def test_a_missing_table(db, receiver):
    """A table of our own that is gone fails the build, not the server, and is reported."""
    deliver_to(db, receiver.url)
    with session(db) as cursor:
        number = one(cursor, BUILD)
        cursor.execute('ALTER TABLE internal_events.service_ping_measurements RENAME TO lost')
        assert sqlstate(cursor, 'CALL internal_events.build_service_ping(force => true)') == MISSING_TABLE
        assert one(cursor, 'SELECT count(*) FROM internal_events.service_pings') == number
        cursor.execute('ALTER TABLE internal_events.lost RENAME TO service_ping_measurements')
    send(db)
    assert [request.path for request in receiver.requests] == ['/service_ping']


def test_an_error_at_a_commit(db):
    """A step that cannot be committed fails the build as any other error does, and the session goes on."""
    with session(db) as cursor:
        cursor.execute("""
            CREATE FUNCTION fill_the_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full'; END $$;
            CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON internal_events.service_ping_measurements
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.key_path <> 'recorded_at') EXECUTE FUNCTION fill_the_disk()""")
        assert sqlstate(cursor, BUILD) == DISK_FULL
        row = ping(db, 1)
        assert (row.status, row.sqlstate, row.last_error, row.backend_pid) == ('failed', DISK_FULL, 'the disk is full', None)
        cursor.execute('DROP TRIGGER late ON internal_events.service_ping_measurements')
        assert one(cursor, BUILD) == 2
        assert state(db, 2)[0] == 'built'


def test_without_a_url_a_failure_stays_here(db, receiver):
    """Where nothing is sent, no report is either; it goes out when there is a receiver."""
    number = fail_a_build(db)
    send(db)
    assert state(db, number) == ('failed', 0, True)
    deliver_to(db, receiver.url)
    send(db)
    assert state(db, number) == ('failed', 1, False)


def test_a_cancel_is_no_failure(db, receiver):
    """A build that is cancelled is neither failed nor reported: the next call goes on with it."""
    deliver_to(db, receiver.url)
    with session(db) as cursor, session(db, autocommit=False) as holder:
        holder.execute('LOCK internal_events.instance')
        thread, states = in_thread(lambda: sqlstate(cursor, BUILD))
        pid = cursor.connection.info.backend_pid
        waits = f"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = {pid}"
        assert wait_until(lambda: db.psql(waits) == 't', SECONDS)
        db.psql(f'SELECT pg_cancel_backend({pid})')
        assert ends(thread) and states == [CANCELED]
    send(db)
    assert receiver.requests == []
    number = build(db)
    assert state(db, number) == ('built', 0, True)
    assert db.psql("SELECT count(*) FROM internal_events.service_pings WHERE status = 'failed'") == '0'
