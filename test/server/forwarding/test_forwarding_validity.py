"""What can never be valid is put aside with its reason, does not hold up the rest, and can be repaired or given up."""

import base64
import json
import uuid

import pytest

from cluster import Database
from forwarding import (FORWARD, expect_all, expect_each_once, failures, forward, forward_to, load, logged, receive,
                        received, standard, status, track_many)
from support import one, session, sqlstate
from tracker_protocol import SNOWPLOW, contexts, described, envelope, event, take

WEB_PAGE = (f'{SNOWPLOW}/web_page/jsonschema/1-0-0', {'id': str(uuid.uuid4())})
LINK_CLICK = (f'{SNOWPLOW}/link_click/jsonschema/1-0-1', {'targetUrl': 'https://example.com/a?b=ß'})
UNKNOWN = f'{SNOWPLOW}/unknown/jsonschema/1-0-0'

# Arguments of track_event() that can never be sent, and what the reason names.
WRONG = {
    'label': ("additional_properties => jsonb_build_object('label', repeat('x', 4097))", 'se_la: longer than 4096'),
    # In UTF-16 units, as the pipeline counts.
    'wide label': ("additional_properties => jsonb_build_object('label', repeat(U&'\\+01F600', 2049))",
                   'se_la: longer than 4096'),
    'property': ("additional_properties => jsonb_build_object('property', repeat('x', 1001))", 'se_pr: longer than 1000'),
    'category': ("category => repeat('x', 1001)", 'se_ca: longer than 1000'),
    'project': ('project_id => 2147483648', '/project_id'),
    'negative project': ('project_id => -1', '/project_id'),
    'namespace': ('namespace_id => 2147483648', '/namespace_id'),
    'namespaces': ("feature_enabled_by_namespace_ids => '{2147483648}'", '/feature_enabled_by_namespace_ids'),
}

# Parameters of received events: what differs from a good one, and what the reason names.
WRONG_RECEIVED = {
    'unknown key': ({'cv': '1'}, 'cv: '),
    'platform': ({'p': 'toaster'}, 'p: '),
    'event': ({'e': 'xx'}, 'e: '),
    'no event': ({'e': None}, 'e: missing'),
    'no platform': ({'p': None}, 'p: missing'),
    'no tracker': ({'tv': None}, 'tv: missing'),
    'time': ({'dtm': 'yesterday'}, 'dtm: '),
    'late time': ({'dtm': '253402300800000'}, 'dtm: '),
    'session': ({'sid': 'x'}, 'sid: '),
    'size': ({'res': '1920*1080'}, 'res: '),
    'fraction of a size': ({'vp': '10.5x20'}, 'vp: '),
    'flag': ({'cookie': 'true'}, 'cookie: '),
    'number': ({'se_va': 'many'}, 'se_va: '),
    'integer': ({'pp_mix': '1.5'}, 'pp_mix: '),
    'large integer': ({'vid': '2147483648'}, 'vid: '),
    'no text': ({'se_va': 5}, 'se_va: '),
    'long': ({'page': 'x' * 2001}, 'page: longer than 2000'),
    'long id': ({'uid': 'x' * 256}, 'uid: '),
    'no JSON': ({'co': '{'}, 'co: no JSON'),
    'no base64': ({'cx': '$$'}, 'cx: no base64'),
    'empty': ({'ue_pr': ''}, 'ue_pr: '),
    'a list': ({'ue_pr': '[]'}, 'ue_pr: '),
    'a number': ({'co': '1'}, 'co: '),
    'null': ({'ue_pr': 'null'}, 'ue_pr: '),
    'wrong envelope': ({'co': described(*WEB_PAGE)}, 'co: '),
    'contexts as event': ({'ue_pr': contexts(WEB_PAGE)}, 'ue_pr: '),
    'no contexts': ({'co': contexts()}, 'co: '),
    'data of text': ({'co': contexts().replace('[]', '["a"]')}, 'co: '),
    'no schema': ({'co': contexts().replace('[]', '[{"data": {}}]')}, 'co: '),
    'schema no text': ({'ue_pr': described(1, {})}, 'ue_pr: '),
    'no address': ({'ue_pr': described('web_page', {})}, 'ue_pr: '),
    'wrong data': ({'co': contexts((WEB_PAGE[0], {'id': 'x'}))}, 'co: web_page'),
    'closed': ({'co': contexts((WEB_PAGE[0], {**WEB_PAGE[1], 'more': 1}))}, 'co: web_page'),
    'deep': ({'co': contexts((UNKNOWN, json.loads('{"a":' * 60 + '1' + '}' * 60)))}, 'co: nested'),
    'bytes': ({'ue_pr': described(UNKNOWN, {'text': 'x' * 900000})}, 'bytes; a collector takes'),
    'array': ([], 'no JSON object'),
    'text': ('x', 'no JSON object'),
}


@pytest.fixture
def ready(db, collector):
    """A database with an event that can carry anything, which forwards to the stand-in."""
    load(db, 'opened', 'text', 'number')
    forward_to(db, collector)
    return db


def as_received(kind, **more):
    """A good event of a kind as a tracker sends it."""
    shapes = {
        'pv': {'url': 'https://example.com/ä?b=1#c', 'page': 'Straße \U0001f600', 'refr': 'https://example.org',
               'co': contexts(WEB_PAGE)},
        'pp': {'url': 'https://example.com', 'pp_mix': '0', 'pp_may': '-5', 'cx': in_base64(contexts(WEB_PAGE))},
        'ue': {'ue_pr': described(*LINK_CLICK), 'co': contexts(WEB_PAGE)},
        'ux': {'e': 'ue', 'ue_px': in_base64(described(*LINK_CLICK)), 'cx': in_base64(contexts(WEB_PAGE, WEB_PAGE))},
        'se': {'se_ca': 'a', 'se_ac': 'b', 'se_va': '1.50', 'co': contexts(WEB_PAGE), 'ip': '192.0.2.1',
               'ua': 'Mozilla/5.0'},
    }
    plain = {'e': kind, 'tv': 'js-4.10.1', 'p': 'web', 'dtm': '1700000000123', 'eid': str(uuid.uuid4()),
             'res': '1920x1080', 'cookie': '1', 'duid': 'd', 'sid': str(uuid.uuid4()), 'vid': '3', 'aid': 'shop', 'tna': 'sp'}
    return {**plain, **shapes[kind], **more}


def in_base64(text):
    """A text as trackers encode it: for URLs, without padding."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')


def test_received_events(ready, collector):
    """Events of trackers arrive as they came but for stm, whether their JSON is encoded or not."""
    sent = {}
    with session(ready) as cursor:
        for kind in ('pv', 'pp', 'ue', 'ux', 'se'):
            parameters = as_received(kind, stm='1700000000999')
            assert receive(cursor, parameters) == parameters['eid']
            sent[parameters['eid']] = parameters
        without = {key: value for key, value in as_received('pv').items() if key != 'eid'}
        sent[receive(cursor, without)] = without
    forward(ready)
    expect_each_once(ready, collector)
    for found in collector.events():
        expected = {**sent[found['eid']], 'eid': found['eid'], 'stm': found['stm']}
        assert found == expected and found['stm'] != '1700000000999'


def test_a_received_event_comes_twice(ready, collector):
    """A tracker that sends an event again does not make two of it while the first is on its way."""
    with session(ready) as cursor:
        parameters = as_received('pv')
        for _ in range(3):
            receive(cursor, parameters)
        assert sqlstate(cursor, "SELECT internal_events.receive_snowplow_event('{\"eid\": \"x\"}')") == '22023'
    forward(ready)
    assert received(collector) == {parameters['eid']: 1}


@pytest.mark.parametrize('batch', [1000, 40000])
def test_invalid_events(ready, collector, batch):
    """Each kind of event that can never be sent is named in forwarding_failures; the rest goes on, around it."""
    with session(ready) as cursor:
        for arguments, _ in WRONG.values():
            assert one(cursor, "SELECT track_event('opened', user_id => 1)")
            assert one(cursor, f"SELECT track_event('opened', {arguments})"), arguments
            assert one(cursor, "SELECT track_event('opened', user_id => 2)")
        cursor.execute('SELECT id::text FROM internal_events.events WHERE user_id IS NULL ORDER BY xid')
        wrong = [identifier for identifier, in cursor.fetchall()]
    forward(ready, snowplow_batch_bytes=batch)
    found = failures(ready)
    assert found.keys() == set(wrong)
    for identifier, (_, reason) in zip(wrong, WRONG.values()):
        name, found_reason, parameters = found[identifier]
        assert name == 'opened' and reason in found_reason and parameters is None, found_reason
    expect_all(collector, logged(ready) - set(wrong))
    row = status(ready)
    assert (row.backlog, row.failures, row.delivered, row.state) == (0, len(WRONG), 2 * len(WRONG), 'ready')


def test_limits_are_exact(ready, collector):
    """What is just within the limits is sent."""
    ready.psql("SELECT track_event('opened', project_id => 2147483647, category => repeat('ß', 1000), "
               "additional_properties => jsonb_build_object('label', repeat(U&'\\+01F600', 2048), "
               "'property', repeat('x', 1000), 'text', repeat('y', 50000)))")
    forward(ready)
    expect_each_once(ready, collector)


def test_invalid_received_events(ready, collector):
    """Whatever a tracker gets wrong is put aside, and the good event beside it goes on."""
    wrong, good = {}, set()
    with session(ready) as cursor:
        for name, (difference, reason) in WRONG_RECEIVED.items():
            parameters = difference
            if isinstance(difference, dict):
                changed = {**as_received('se'), **difference}
                parameters = {key: value for key, value in changed.items() if value is not None}
            wrong[receive(cursor, parameters)] = name, reason
            good.add(receive(cursor, as_received('pp')))
    forward(ready)
    found = failures(ready)
    assert [wrong[identifier][0] for identifier in wrong.keys() - found.keys()] == []
    for identifier, (name, reason) in wrong.items():
        assert reason in found[identifier][1], (name, found[identifier][1])
    expect_all(collector, good)


def test_the_stand_in_agrees(collector):
    """What is put aside here is what a collector would find bad, so that no good event is withheld."""
    # Size is the business of what stands behind a collector, which the stand-in does not have.
    sent = [{**as_received('se'), **difference} for name, (difference, _) in WRONG_RECEIVED.items()
            if isinstance(difference, dict) and name not in ('bytes', 'deep')]
    for count, parameters in enumerate(sent, 1):
        take(collector, envelope([{key: value for key, value in parameters.items() if value is not None}]))
        assert collector.summary() == {'total': count, 'good': 0, 'bad': count}, parameters


def test_repair(ready, collector):
    """A failure is sent again with other parameters, refused where those are no better, or given up."""
    with session(ready) as cursor:
        wrong = receive(cursor, as_received('se', p='toaster'))
        given_up = receive(cursor, as_received('pv', res='large'))
        forward(ready)
        assert failures(ready).keys() == {wrong, given_up} and collector.summary()['total'] == 0
        resend = 'SELECT internal_events.resend_forwarding_failures(%s, %s)'
        for still_wrong in (as_received('se', p='oven'), {}, [], {'e': 'se'}):
            assert sqlstate(cursor, resend, (wrong, json.dumps(still_wrong))) == '22023'
        assert sqlstate(cursor, resend, (None, json.dumps(as_received('se')))) == '22004'
        assert failures(ready).keys() == {wrong, given_up}
        better = as_received('se', se_la='mended')
        assert one(cursor, resend, (str(uuid.uuid4()), json.dumps(better))) == 0
        assert one(cursor, resend, (wrong, json.dumps(better))) == 1
        assert status(ready).queued == 1
        forward(ready)
        (event_sent,) = collector.events()
        assert event_sent == {**better, 'eid': wrong, 'stm': event_sent['stm']}
        assert one(cursor, 'SELECT internal_events.discard_forwarding_failures(%s)', (given_up,)) == 1
        assert one(cursor, 'SELECT internal_events.discard_forwarding_failures()') == 0
    row = status(ready)
    assert (row.failures, row.discarded, row.delivered, row.backlog) == (0, 1, 1, 0)


def test_repair_by_settings(ready, collector):
    """An event that was wrong by what the settings say is made anew when it is sent again; others say what is wrong."""
    ready.psql("SELECT track_event('opened', user_id => 3000000000), track_event('opened', project_id => 2147483648)")
    forward(ready, snowplow_standard_schema='iglu:com.gitlab/gitlab_standard/jsonschema/1-1-0', snowplow_user_ids='plain')
    reasons = sorted(reason for _, reason, _ in failures(ready).values())
    assert '/project_id' in reasons[0] and '/user_id' in reasons[1]
    assert ready.psql('SELECT internal_events.resend_forwarding_failures()') == '1'
    forward(ready)
    (sent,) = collector.events()
    assert len(standard(sent)['user_id']) == 44
    assert [reason for _, reason, _ in failures(ready).values()] == reasons[:1]


@pytest.mark.parametrize('settings', [
    {'snowplow_app_id': 'x' * 256}, {'snowplow_vendor': 'com gitlab'}, {'snowplow_namespace': 'x' * 129},
    {'snowplow_standard_schema': 'gitlab_standard'}])
def test_settings_that_make_every_event_wrong(ready, collector, settings):
    """They are an error, and no event is put aside for them."""
    track_many(ready, 3)
    with session(ready) as cursor:
        for name, value in settings.items():
            cursor.execute(f'SET internal_events.{name} = %s', (value,))
        assert sqlstate(cursor, FORWARD) == '22023'
    assert status(ready).failures == 0 and status(ready).backlog == 3
    forward(ready)
    expect_each_once(ready, collector)


def test_bytes_without_an_encoding(cluster, collector):
    """A database of bytes may hold what is no text; that does not hold up the rest."""
    cluster.psql("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    database = Database(cluster, 'bytes')
    try:
        database.psql('CREATE EXTENSION internal_events CASCADE')
        load(database, 'opened')
        forward_to(database, collector)
        track_many(database, 2)
        tracked = database.psql("SELECT track_event('opened', additional_properties => "
                                "jsonb_build_object('label', E'\\xe4'))")
        track_many(database, 2)
        forward(database)
        assert sum(received(collector).values()) == 4
        assert len(failures(database)) == (tracked == 't')
    finally:
        cluster.psql('DROP DATABASE bytes WITH (FORCE)')


def test_a_good_event_is_never_put_aside(ready):
    """The tests of received events above begin with a good one."""
    with session(ready) as cursor:
        ids = {receive(cursor, event(se_va='1')), receive(cursor, as_received('se'))}
    shown = ready.psql('SELECT event_id FROM internal_events.preview_forwarding() WHERE fault IS NULL')
    assert ids == set(shown.split())
