"""Events of every shape, compared field by field with what a collector got of them."""

import base64
import datetime
import decimal
import hashlib
import hmac
import json

import pytest

from cluster import Database
from forwarding import (SERVICE_PING, STANDARD, entities, expect_each_once, forward, forward_to, load, logged,
                        received, status)
from support import VERSION, one, session

UTC = datetime.timezone.utc
LONG_AGO = datetime.datetime(2001, 2, 3, 4, 5, 6, 789999, tzinfo=UTC)
BEFORE_1970 = datetime.datetime(1969, 12, 31, 23, 59, 58, 250000, tzinfo=UTC)
IDS = {'user_id': 7, 'project_id': 2147483647, 'namespace_id': 8}
LARGE_ID = 9223372036854775807

# Characters that a database of the encoding can hold.
TEXTS = {
    'UTF8': 'Straße 例え \U0001f600 \u2028 "\'\\/ \t\n\r\x01\x1f\x7f end',
    'LATIN1': 'Straße ÿ "\'\\/ \t\n\r\x01\x1f\x7f end',
    'SQL_ASCII': 'Straße 例え \U0001f600 "\'\\/ \t\n\r\x01\x1f\x7f end',
}
CASTS = {'additional_properties': '::jsonb', 'feature_enabled_by_namespace_ids': '::bigint[]'}


def calls(text):
    """Arguments of track_event(), one set for each shape."""
    digits = decimal.Decimal('0.1234567890123456789012345678901234567890')
    properties = [
        {}, {'label': text}, {'property': text}, {'label': '', 'property': ''}, {'label': 'x' * 4096},
        {'value': 0}, {'value': -1}, {'value': -2.5}, {'value': digits}, {'value': 10 ** 18},
        {'value': decimal.Decimal('-9007199254740993.5')}, {'value': decimal.Decimal('1.50')},
        {'label': text, 'property': text, 'value': 3, 'text': text, 'number': digits}, {'number': -0.5},
        {'number': decimal.Decimal('1E+30')}, {'text': ''}, {'text': '{"a": [1]}', 'number': 0},
    ]
    shapes = [{'additional_properties': each} for each in properties]
    shapes += [{}, {'user_id': 1}, {'user_id': 0}, {'user_id': LARGE_ID}, {'project_id': 0}, {'namespace_id': 1}, IDS]
    shapes += [{'category': 'Gitlab::Search'}, {'category': text}, {'category': 'c' * 1000}]
    shapes += [{'feature_enabled_by_namespace_ids': each} for each in ([], [1], [3, 2147483647, 3])]
    shapes += [{'occurred_at': LONG_AGO}, {'occurred_at': BEFORE_1970}]
    shapes += [{**IDS, 'additional_properties': {'label': text, 'text': text, 'number': 1}, 'category': text,
                'feature_enabled_by_namespace_ids': [1, 2], 'occurred_at': LONG_AGO}]
    return [{'event_name': 'opened', **each} for each in shapes] + [{'event_name': 'grouped'}]


def as_json(value):
    """JSON text of properties, whose decimals keep their digits."""
    if isinstance(value, dict):
        return '{' + ', '.join(f'{json.dumps(key)}: {as_json(each)}' for key, each in value.items()) + '}'
    return str(value) if isinstance(value, decimal.Decimal) else json.dumps(value, ensure_ascii=False)


def track_one(cursor, call):
    """Tracks an event in a transaction of its own; returns its id and when it was recorded."""
    values = {name: as_json(value) if name == 'additional_properties' else value for name, value in call.items()}
    arguments = ', '.join(f'{name} => %({name})s{CASTS.get(name, "")}' for name in call)
    assert one(cursor, f'SELECT track_event({arguments})', values) is True, call
    return one(cursor, 'SELECT id::text, tracked_at FROM internal_events.events ORDER BY xid DESC LIMIT 1')


def milliseconds(moment):
    """A moment as the protocol counts it."""
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=UTC)) // datetime.timedelta(milliseconds=1)


def iso_8601(moment):
    """A moment as the standard context has it."""
    return moment.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def pseudonym(secret, user):
    """What a user is called."""
    return base64.b64encode(hmac.new(secret.encode(), str(user).encode(), hashlib.sha256).digest()).decode()


def expected_standard(call, happened, facts):
    """The standard context that an event is to have."""
    secret, instance = facts
    properties = call.get('additional_properties', {})
    fields = {'environment': 'production', 'source': 'internal_events', 'instance_id': instance,
              'context_generated_at': iso_8601(happened),
              'user_id': pseudonym(secret, call['user_id']) if 'user_id' in call else None,
              'project_id': call.get('project_id'), 'namespace_id': call.get('namespace_id'),
              'feature_enabled_by_namespace_ids': call.get('feature_enabled_by_namespace_ids'),
              'extra': {name: value for name, value in properties.items() if name in ('text', 'number')} or None}
    return {name: value for name, value in fields.items() if value is not None}


def expected_parameters(call, eid, happened):
    """The parameters that an event is to have, but for its contexts and stm."""
    properties = call.get('additional_properties', {})
    own_category = {'opened': 'InternalEventTracking', 'grouped': 'Gitlab::Group'}[call['event_name']]
    parameters = {'e': 'se', 'p': 'srv', 'tv': f'internal_events-{VERSION}', 'tna': 'gl', 'eid': eid,
                  'dtm': str(milliseconds(happened)), 'se_ac': call['event_name'],
                  'se_ca': call.get('category', own_category), 'se_la': properties.get('label'),
                  'se_pr': properties.get('property')}
    return {name: value for name, value in parameters.items() if value is not None}


def compare(event, call, row, facts):
    """Asserts that an event came as it was tracked, and with nothing else."""
    eid, recorded = row
    happened = call.get('occurred_at', recorded)
    found = entities(event)
    assert found.keys() == {STANDARD, SERVICE_PING}
    address, data = found[STANDARD]
    assert address == 'iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8'
    expected = expected_standard(call, happened, facts)
    if 'extra' in expected and 'number' in expected['extra']:
        expected['extra']['number'] = decimal.Decimal(str(expected['extra']['number']))
    assert data == expected
    assert found[SERVICE_PING] == ('iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1',
                                   {'data_source': 'redis_hll', 'event_name': call['event_name']})
    value = call.get('additional_properties', {}).get('value')
    if value is None:
        assert 'se_va' not in event
    else:
        assert decimal.Decimal(event['se_va']) == decimal.Decimal(str(value))
    left = {name: text for name, text in event.items() if name not in ('co', 'stm', 'se_va')}
    assert left == expected_parameters(call, eid, happened)
    assert int(event['stm']) >= milliseconds(recorded) and int(event['stm']) - milliseconds(recorded) < 600_000


def prepare(database, collector):
    """Loads what is tracked here, and forwards to the stand-in."""
    database.psql('CREATE EXTENSION IF NOT EXISTS internal_events CASCADE')
    load(database, 'opened', 'text', 'number')
    load(database, 'grouped', category='Gitlab::Group')
    forward_to(database, collector)


def facts_of(cursor):
    """The key of pseudonyms and the installation's id."""
    return one(cursor, 'SELECT internal_events.pseudonym_secret(), internal_events.instance_uuid()::text')


@pytest.fixture
def encoded(request, cluster):
    """A database in an encoding, and a text that it can hold."""
    cluster.psql(f"CREATE DATABASE encoded ENCODING '{request.param}' LOCALE 'C' TEMPLATE template0")
    yield Database(cluster, 'encoded'), TEXTS[request.param]
    cluster.psql('DROP DATABASE encoded WITH (FORCE)')


@pytest.mark.parametrize('encoded', TEXTS, indirect=True)
def test_every_shape(encoded, collector):
    """Each field of each event is what was tracked, whatever the encoding of the database."""
    database, text = encoded
    prepare(database, collector)
    with session(database, client_encoding='UTF8') as cursor:
        # What is said to have happened before that is taken for younger.
        cursor.execute("SET internal_events.event_retention = '36500d'")
        tracked = [(call, track_one(cursor, call)) for call in calls(text)]
        facts = facts_of(cursor)
    forward(database)
    expect_each_once(database, collector)
    events = {event['eid']: event for event in collector.events()}
    for call, row in tracked:
        compare(events[row[0]], call, row, facts)


def test_ways_to_track(db, collector):
    """What comes from track_events(), savepoints and blocks is sent; what was rolled back or is not to be sent is not."""
    prepare(db, collector)
    batch = [{'event_name': 'opened', 'user_id': number, 'additional_properties': {'value': number, 'text': 'a'}}
             for number in range(1, 51)]
    with session(db, autocommit=False) as cursor:
        assert one(cursor, 'SELECT track_events(%s)', (json.dumps(batch),)) == 50
        for number, end in enumerate(('RELEASE', 'ROLLBACK TO', 'RELEASE', 'ROLLBACK TO')):
            cursor.execute('SAVEPOINT a')
            cursor.execute("SELECT track_event('grouped', project_id => %s)", (number,))
            cursor.execute(f'{end} a')
        cursor.execute("DO $$ BEGIN PERFORM track_event('grouped', project_id => 10); BEGIN "
                       "PERFORM track_event('grouped', project_id => 11); RAISE division_by_zero; "
                       "EXCEPTION WHEN division_by_zero THEN NULL; END; END $$")
        cursor.execute("SELECT track_event('grouped', project_id => 12, send_to_snowplow => false)")
        cursor.connection.commit()
        cursor.execute("SELECT track_event('grouped', project_id => 13)")
        cursor.connection.rollback()
        facts = facts_of(cursor)
        cursor.execute('SELECT user_id, id::text, tracked_at FROM internal_events.events WHERE user_id IS NOT NULL')
        rows = {user: row for user, *row in cursor.fetchall()}
    forward(db)
    expect_each_once(db, collector)
    assert status(db).not_eligible == 1
    events = {event['eid']: event for event in collector.events()}
    projects = [entities(event)[STANDARD][1]['project_id'] for event in events.values() if event['se_ac'] == 'grouped']
    assert sorted(projects) == [0, 2, 10]
    for call in batch:
        compare(events[rows[call['user_id']][0]], call, rows[call['user_id']], facts)


def test_settings_of_events(db, collector):
    """What the settings say of every event is in it."""
    prepare(db, collector)
    db.psql("SELECT track_event('opened', user_id => 5, additional_properties => '{\"label\": \"a\"}')")
    forward(db, snowplow_app_id='shop_Ä', snowplow_namespace='sh', snowplow_environment='staging',
            hostname='shop.example', application_version='17.1')
    (event,) = collector.events()
    assert (event['aid'], event['tna']) == ('shop_Ä', 'sh')
    data = entities(event)[STANDARD][1]
    assert (data['environment'], data['host_name'], data['instance_version']) == ('staging', 'shop.example', '17.1')
    assert collector.bad() == []


@pytest.mark.parametrize('version, has_user', [(0, False), (4, False), (5, True), (8, True)])
def test_versions_of_the_standard_context(db, collector, version, has_user):
    """The declared version's fields are respected: before 1-1-5 a user is a number, so a pseudonym is left out."""
    prepare(db, collector)
    schema = f'iglu:com.gitlab/gitlab_standard/jsonschema/1-1-{version}'
    db.psql("SELECT track_event('opened', user_id => 5, project_id => 6)")
    forward(db, snowplow_standard_schema=schema)
    db.psql("SELECT track_event('opened', user_id => 5, project_id => 6)")
    forward(db, snowplow_standard_schema=schema, snowplow_user_ids='plain')
    assert collector.bad() == []
    contexts = [entities(event)[STANDARD] for event in collector.events()]
    assert [address for address, _ in contexts] == [schema] * 2
    assert [data.get('user_id') is not None for _, data in contexts] == [has_user, True]
    assert contexts[1][1]['user_id'] == 5 and contexts[0][1]['project_id'] == 6


def test_another_vendor(db, collector):
    """Who is not GitLab names both contexts; the stand-in, which does not know them, says what it saw."""
    prepare(db, collector)
    db.psql("SELECT track_event('opened', user_id => 5)")
    forward(db, snowplow_vendor='com.acme')
    (row,) = collector.bad()
    addresses = [address for address, _ in entities(row['rawEvent']['parameters']).values()]
    assert addresses == ['iglu:com.acme/gitlab_standard/jsonschema/1-1-8',
                         'iglu:com.acme/gitlab_service_ping/jsonschema/1-0-1']
    assert received(collector) == {} and logged(db) == {row['rawEvent']['parameters']['eid']}
