"""What administrators do with Service Pings: send again, withhold, deliver by hand, export; and failed builds."""

import pytest

from pings import BUILD, SEND, build, configure, deliver_to, fail_a_build, make_due, ping, send, state
from receiver import answer
from support import one, session, sqlstate

pytestmark = pytest.mark.usefixtures('roles')

DENIED = '42501'
UNKNOWN = '42704'
FILE_EXISTS = '58P02'
WRONG_PATH = '42602'

# What only an admin may call, and superusers.
CALLS = [
    BUILD, SEND,
    'SELECT internal_events.resend_service_ping(1)',
    'SELECT internal_events.withhold_service_ping(1)',
    'SELECT internal_events.mark_service_ping_delivered(1)',
    "SELECT internal_events.export_service_ping('/tmp/never')",
    "SELECT internal_events.write_file('/tmp/never', '')",
    'SELECT * FROM internal_events.begin_service_ping(false)',
    'SELECT * FROM internal_events.measure_next(1)',
    "SELECT internal_events.record_measurement(1, 1, '1', 'ok', NULL, NULL, 0)",
    'SELECT internal_events.finish_service_ping(1)',
    "SELECT internal_events.fail_service_ping(1, 'XX000', '')",
    'SELECT * FROM internal_events.claim_service_ping()',
    'SELECT internal_events.record_service_ping_attempt(1, 1, 200, NULL, NULL)',
    'SELECT internal_events.reset_instance_uuid()',
    'SELECT internal_events.service_ping_is_sent()',
    'SELECT * FROM internal_events.jobs()',
    'SELECT * FROM internal_events.service_pings',
    'SELECT * FROM internal_events.service_ping_attempts',
    'SELECT * FROM internal_events.service_ping_measurements',
    'SELECT * FROM internal_events.service_ping_progress',
]


def test_resend(db, receiver):
    """A ping that was sent goes out again, the same, with the same key, and only once more."""
    deliver_to(db, receiver.url)
    number = build(db)
    send(db)
    db.psql(f'SELECT internal_events.resend_service_ping({number})')
    assert state(db, number) == ('built', 1, True)
    assert ping(db, number).sent_at is None
    for _ in range(2):
        send(db)
        assert state(db, number) == ('sent', 2, False)
    first, second = receiver.requests
    assert first.body == second.body and first.headers['Idempotency-Key'] == second.headers['Idempotency-Key']


def test_resend_at_once(db, receiver):
    """A ping that waits after a failure goes out at once when an administrator says so."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(500), answer(200))
    number = build(db)
    send(db)
    assert state(db, number) == ('built', 1, False)
    db.psql(f'SELECT internal_events.resend_service_ping({number})')
    send(db)
    assert state(db, number) == ('sent', 2, False)


def test_withhold(db, receiver):
    """A ping that is withheld stays here, also when it failed before and the next one is built."""
    deliver_to(db, receiver.url)
    receiver.tell(answer(400), answer(200))
    withheld = build(db)
    send(db)
    db.psql(f'SELECT internal_events.withhold_service_ping({withheld})')
    second = build(db, force=True)
    make_due(db)
    send(db)
    assert state(db, withheld) == ('withheld', 1, False)
    assert state(db, second) == ('sent', 1, False)
    assert len(receiver.requests) == 2
    db.psql(f'SELECT internal_events.resend_service_ping({withheld})')
    send(db)
    assert state(db, withheld) == ('sent', 2, False)


def test_delivered_by_hand(db, receiver):
    """A ping that was delivered by hand is not sent; what was answered can be kept."""
    deliver_to(db, receiver.url)
    numbers = [build(db, force=True) for _ in range(2)]
    db.psql(f'''
        SELECT internal_events.mark_service_ping_delivered({numbers[0]}, '{{"usage_data_id": 7}}');
        SELECT internal_events.withhold_service_ping({numbers[1]});
        SELECT internal_events.mark_service_ping_delivered({numbers[1]})''')
    send(db)
    assert receiver.requests == []
    assert [state(db, number) for number in numbers] == [('delivered', 0, False)] * 2
    assert [ping(db, number).response for number in numbers] == [{'usage_data_id': 7}, None]
    assert ping(db, numbers[0]).sent_at is not None
    db.psql(f'SELECT internal_events.resend_service_ping({numbers[0]})')
    send(db)
    assert state(db, numbers[0]) == ('sent', 1, False)


def test_wrong_states(db, receiver):
    """What makes no sense for a ping is refused, and changes nothing."""
    deliver_to(db, receiver.url)
    number = build(db)
    send(db)
    failed = fail_a_build(db)
    before = db.psql('SELECT p FROM internal_events.service_pings p')
    with session(db) as cursor:
        for call, numbers in {'resend_service_ping': (99,), 'withhold_service_ping': (number, 99),
                              'mark_service_ping_delivered': (number, failed, 99)}.items():
            for one_of_them in numbers:
                assert sqlstate(cursor, f'SELECT internal_events.{call}({one_of_them})') == UNKNOWN, (call, one_of_them)
    assert db.psql('SELECT p FROM internal_events.service_pings p') == before


def test_export(cluster, db):
    """A file of the server has the payload byte for byte; no file is overwritten, and none is written elsewhere."""
    folder = cluster.directory
    configure(db, hostname='Küche.例え')
    numbers = [build(db, force=True) for _ in range(2)]
    with session(db) as cursor:
        export = 'SELECT internal_events.export_service_ping(%s, %s)'
        for path, number in ((folder / 'first.json', numbers[0]), (folder / 'newest.json', None)):
            exported = number or numbers[1]
            assert one(cursor, export, (str(path), number)) == exported
            assert path.read_bytes() == ping(db, exported).body.encode()
            assert path.stat().st_mode & 0o777 == 0o600
            assert path.stat().st_uid == cluster.data.stat().st_uid
        content = (folder / 'first.json').read_bytes()
        assert sqlstate(cursor, export, (str(folder / 'first.json'), numbers[1])) == FILE_EXISTS
        assert (folder / 'first.json').read_bytes() == content
        for path in ('relative.json', '', './x'):
            assert sqlstate(cursor, export, (path, None)) == WRONG_PATH
        assert sqlstate(cursor, export, ('/no/such/folder/x', None)) == '58030'
        assert sqlstate(cursor, export, (str(folder / 'none.json'), 99)) == UNKNOWN
        assert not (folder / 'none.json').exists()
        (folder / 'link.json').symlink_to(folder / 'target.json')
        assert sqlstate(cursor, export, (str(folder / 'link.json'), None)) == FILE_EXISTS
        assert not (folder / 'target.json').exists()


def test_an_export_needs_the_right_to_write_files(cluster, db):
    """An admin who may write files of the server exports; another one does not, and is told what to do instead."""
    build(db)
    export = f"SELECT internal_events.export_service_ping('{cluster.directory}/by_an_admin.json')"
    with session(db, user='admin') as cursor:
        assert sqlstate(cursor, export) == DENIED
        assert not (cluster.directory / 'by_an_admin.json').exists()
        cluster.psql('GRANT pg_write_server_files TO admin')
        try:
            assert one(cursor, export) == 1
            assert (cluster.directory / 'by_an_admin.json').read_text() == ping(db, 1).body
        finally:
            cluster.psql('REVOKE pg_write_server_files FROM admin')


@pytest.mark.parametrize('role', ['writer', 'reader', 'nobody'])
def test_others_may_nothing(db, receiver, role):
    """Neither a writer nor a reader builds, sends, sees or changes a ping."""
    deliver_to(db, receiver.url)
    build(db)
    before = db.psql('SELECT p FROM internal_events.service_pings p; SELECT i FROM internal_events.instance i')
    with session(db, user=role) as cursor:
        for call in CALLS:
            assert sqlstate(cursor, call) == DENIED, call
    assert db.psql('SELECT p FROM internal_events.service_pings p; SELECT i FROM internal_events.instance i') == before
    assert receiver.requests == []


def test_a_reader_previews(db):
    """A reader sees what would be sent, and nothing else."""
    with session(db, user='reader') as cursor:
        assert set(one(cursor, 'SELECT internal_events.service_ping_payload()')) >= {'uuid', 'recorded_at', 'version'}
        assert one(cursor, 'SELECT internal_events.service_ping_non_sql()') is not None
    for role in ('writer', 'nobody'):
        with session(db, user=role) as cursor:
            assert sqlstate(cursor, 'SELECT internal_events.service_ping_payload()') == DENIED


def test_an_admin_sends(db, receiver):
    """An admin builds, sends, and does all the rest, without seeing where it goes."""
    deliver_to(db, receiver.url + '?secret')
    receiver.tell(answer(500), answer(200))
    with session(db, user='admin') as cursor:
        assert one(cursor, BUILD) == 1
        cursor.execute(SEND)
        cursor.execute('SELECT internal_events.resend_service_ping(1)')
        cursor.execute(SEND)
        assert one(cursor, 'SELECT status FROM internal_events.service_pings') == 'sent'
        assert one(cursor, 'SELECT count(*) FROM internal_events.service_ping_attempts') == 2
        assert sqlstate(cursor, 'SHOW internal_events.service_ping_url') == DENIED
        assert one(cursor, "SELECT count(*) FROM pg_settings WHERE setting LIKE 'http%'") == 0
        assert sqlstate(cursor, "UPDATE internal_events.service_pings SET payload = '{}'") == DENIED
        assert sqlstate(cursor, 'DELETE FROM internal_events.service_pings') == DENIED
        cursor.execute('SELECT p::text, a::text '
                       'FROM internal_events.service_pings p, internal_events.service_ping_attempts a')
        assert not any('secret' in text for row in cursor.fetchall() for text in row)
    assert len(receiver.requests) == 2
