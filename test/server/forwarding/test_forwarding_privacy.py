"""What becomes of user ids on the way out, who may read the key of their pseudonyms, and who may do what."""

import base64
import hashlib
import hmac

import pytest

from forwarding import FORWARD, failures, forward, forward_to, load, logged, receive, standard, status, track_many
from support import let_server_in, one, session, sqlstate

# Until the library is loaded a setting is one that the server does not know, hence not hidden.
CLUSTER = {'conf': {'session_preload_libraries': 'internal_events'}}
pytestmark = pytest.mark.usefixtures('roles')
DENIED = '42501'
SECRET = 'the moon is made of green cheese'
ROLES = ('admin', 'writer', 'reader', 'nobody')
SETTINGS = {
    'snowplow_collector_url': 'http://127.0.0.1:9', 'snowplow_collector_path': '/a/b', 'snowplow_app_id': 'a',
    'snowplow_namespace': 'a', 'snowplow_vendor': 'com.acme', 'snowplow_standard_schema': '',
    'snowplow_environment': 'staging',
    'snowplow_user_ids': 'plain', 'snowplow_secret': 'a', 'snowplow_secret_file': '/tmp/a',
    'snowplow_eligible_events': 'duo',
    'snowplow_excluded_events': 'a', 'snowplow_batch_bytes': '2000', 'snowplow_connections': '2', 'snowplow_gzip': 'on',
    'forwarding_retention': '100d',
}
SECRET_SETTINGS = ('snowplow_collector_url', 'snowplow_secret', 'snowplow_secret_file')
CALLS = [
    FORWARD, 'SELECT * FROM internal_events.forwarding_status', 'SELECT * FROM internal_events.forwarding_failures',
    'SELECT * FROM internal_events.forwarding_eligibility', 'SELECT * FROM internal_events.preview_forwarding()',
    'SELECT internal_events.resend_forwarding_failures()', 'SELECT internal_events.discard_forwarding_failures()',
    'SELECT internal_events.discard_forwarding_backlog()', 'SELECT internal_events.resume_forwarding()',
    "SELECT internal_events.receive_snowplow_event('{\"e\": \"pv\", \"p\": \"web\", \"tv\": \"t\"}')",
]
# Not even for an admin: what is only a part of forward_events(), or would let pseudonyms be made.
INNER = [
    'SELECT internal_events.pseudonym_secret()', 'SELECT internal_events.snowplow_secret()',
    'TABLE internal_events.pseudonym_secrets',
    'SELECT internal_events.queue_forwarding_portion(1)', "SELECT internal_events.forwarding_parameters('{}')",
    "SELECT internal_events.snowplow_event(NULL, 'a', NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
    "NULL, 'a')",
    'DELETE FROM internal_events.forwarding_queue', "UPDATE internal_events.readers SET snapshot = '1:1:'",
    'UPDATE internal_events.forwarding SET delivered = 0', 'DELETE FROM internal_events.forwarding_failures',
    "INSERT INTO internal_events.pseudonym_secrets VALUES ('a', '2000-01-01')",
]


@pytest.fixture
def ready(db, collector):
    """A database whose events go to the stand-in."""
    load(db, 'opened')
    forward_to(db, collector)
    return db


def names(database, collector, users=(1, 2, 1, 9223372036854775807), **settings):
    """Tracks an event of each user, forwards, and returns what the users are called."""
    collector.reset()
    for user in users:
        database.psql(f"SELECT track_event('opened', user_id => {user})")
    forward(database, **settings)
    assert collector.bad() == []
    events = {event['eid']: standard(event).get('user_id') for event in collector.events()}
    assert len(events) == len(users)
    return [events[eid] for eid in sorted(events)]


def pseudonyms(secret, users=(1, 2, 1, 9223372036854775807)):
    """What users are to be called with a key."""
    hashes = [hmac.new(secret.encode(), str(user).encode(), hashlib.sha256).digest() for user in users]
    return [base64.b64encode(value).decode() for value in hashes]


def test_pseudonyms(ready, collector, tmp_path):
    """By default users have pseudonyms, the same each time; another key, out of a setting or a file, gives others."""
    own = ready.psql('SELECT secret FROM internal_events.pseudonym_secrets')
    assert len(own) == 64
    assert names(ready, collector) == names(ready, collector) == pseudonyms(own)
    assert names(ready, collector, snowplow_secret=SECRET) == pseudonyms(SECRET)
    file = tmp_path / 'secret'
    file.write_text('the key of the file\nand more\n')
    let_server_in(tmp_path)
    assert names(ready, collector, snowplow_secret_file=str(file)) == pseudonyms('the key of the file')
    # The setting counts.
    assert names(ready, collector, snowplow_secret_file=str(file), snowplow_secret=SECRET) == pseudonyms(SECRET)
    assert names(ready, collector) == pseudonyms(own)


def test_installations_differ(cluster):
    """Two installations do not call the same user the same."""
    secrets = set()
    for name in ('first', 'second'):
        database = cluster.createdb(name)
        database.psql('CREATE EXTENSION internal_events CASCADE')
        secrets.add(database.psql('SELECT secret FROM internal_events.pseudonym_secrets'))
        cluster.psql(f'DROP DATABASE {name}')
    assert len(secrets) == 2


def test_plain_and_none(ready, collector):
    """Ids go out as they are, or not at all, only where that is asked for."""
    assert names(ready, collector, snowplow_user_ids='plain') == [1, 2, 1, '9223372036854775807']
    assert names(ready, collector, snowplow_user_ids='none') == [None] * 4


@pytest.mark.parametrize('content', [None, '', '\n'])
def test_a_file_without_a_key(ready, collector, tmp_path, content):
    """Where the file has no key nothing is sent under another one; the error says what to do, and nothing is lost."""
    file = tmp_path / 'secret'
    if content is not None:
        file.write_text(content)
    track_many(ready, 3)
    with session(ready) as cursor:
        cursor.execute('SET internal_events.snowplow_secret_file = %s', (str(file),))
        assert sqlstate(cursor, FORWARD) == 'F0000'
    assert collector.requests() == [] and status(ready).backlog == 3
    forward(ready)
    assert collector.summary()['good'] == 3


def test_no_key_at_all(ready, collector):
    """Where an administrator has deleted our own key and named none, no pseudonym is made with an empty one."""
    track_many(ready, 3)
    ready.psql('DELETE FROM internal_events.pseudonym_secrets')
    with session(ready) as cursor:
        assert sqlstate(cursor, FORWARD) == 'F0000'
        assert collector.requests() == [] and status(ready).backlog == 3
        cursor.execute("SET internal_events.snowplow_user_ids = 'none'")
        cursor.execute(FORWARD)
    assert collector.summary()['good'] == 3


def test_the_id_is_nowhere_else(ready, collector):
    """A pseudonymous event has the user's id in no field at all."""
    ready.psql("SELECT track_event('opened', user_id => 7654321987)")
    forward(ready)
    (event,) = collector.events()
    assert not any('7654321987' in value for value in event.values())


@pytest.mark.parametrize('role', ROLES)
def test_who_reads_the_key(ready, collector, role):
    """Nobody but a superuser gets at the key, by a setting, a table, a function, or what is kept of events."""
    ready.psql(f"ALTER DATABASE test SET internal_events.snowplow_secret = '{SECRET}'")
    own = ready.psql('SELECT secret FROM internal_events.pseudonym_secrets')
    track_many(ready, 3)
    ready.psql("SELECT track_event('opened', project_id => 2147483648)")
    collector.faults({'fault': 'status', 'status': 404})
    forward(ready)
    with session(ready, user=role) as cursor:
        for name in SECRET_SETTINGS:
            assert sqlstate(cursor, f'SHOW internal_events.{name}') == DENIED
            assert sqlstate(cursor, f"SELECT current_setting('internal_events.{name}')") == DENIED
            assert sqlstate(cursor, f"SELECT internal_events.setting('{name}')") == DENIED
            cursor.execute('SELECT count(*) FROM pg_settings WHERE name = %s', (f'internal_events.{name}',))
            assert cursor.fetchone()[0] == 0
        for statement in INNER:
            assert sqlstate(cursor, statement) == DENIED, statement
        if role == 'admin':
            cursor.execute("SELECT c.oid::regclass::text FROM pg_class c "
                           "WHERE c.relnamespace = 'internal_events'::regnamespace AND c.relkind IN ('r', 'v', 'p') AND has_table_privilege(c.oid, 'SELECT')")
            tables = [name for name, in cursor.fetchall()]
            assert {f'internal_events.forwarding_{name}' for name in ('status', 'queue', 'failures')} < set(tables)
            for table in tables:
                cursor.execute(f'SELECT t::text FROM {table} t')
                assert not any(SECRET in text or own in text for text, in cursor.fetchall()), table
            cursor.execute('SELECT p::text FROM internal_events.preview_forwarding() p')
            assert not any(SECRET in text or own in text for text, in cursor.fetchall())
    assert SECRET not in ready.cluster.log_text().replace(f"snowplow_secret = '{SECRET}'", '')
    assert own not in ready.cluster.log_text()


@pytest.mark.parametrize('role', ['writer', 'reader', 'nobody'])
@pytest.mark.parametrize('statement', CALLS)
def test_others_may_nothing(ready, collector, role, statement):
    """Whoever is no admin may neither forward nor see or change how that goes."""
    track_many(ready, 2)
    with session(ready, user=role) as cursor:
        assert sqlstate(cursor, statement) == DENIED
    assert collector.requests() == [] and status(ready).backlog == 2


def test_what_an_admin_may(ready, collector):
    """An admin forwards, sees how that goes, repairs and gives up, without being told the address."""
    track_many(ready, 3)
    assert forward(ready, role='admin', force=False) == ''
    assert collector.summary()['good'] == 3
    with session(ready, user='admin') as cursor:
        for statement in CALLS:
            assert sqlstate(cursor, statement) is None, statement
        receive(cursor, {'e': 'pv', 'p': 'web', 'tv': 't'})
    forward(ready, role='admin')
    assert len(logged(ready)) == 5 and collector.summary()['good'] == 5 and failures(ready) == {}


@pytest.mark.parametrize('name', SETTINGS)
def test_settings_are_for_superusers(ready, name):
    """No setting of forwarding can be changed by anybody else, for a session, a role or a database."""
    for role in ROLES:
        with session(ready, user=role) as cursor:
            for statement in ('SET', f'ALTER ROLE {role} SET', 'ALTER DATABASE test SET'):
                assert sqlstate(cursor, f"{statement} internal_events.{name} = '{SETTINGS[name]}'") == DENIED
    with session(ready) as cursor:
        cursor.execute(f"SET internal_events.{name} = '{SETTINGS[name]}'")
        cursor.execute('SELECT name FROM pg_settings WHERE name ~ %s', ('^internal_events.(snowplow|forwarding)_',))
        assert {row.partition('.')[2] for row, in cursor.fetchall()} == SETTINGS.keys()
