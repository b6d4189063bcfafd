"""The stand-in collector as a server: routes, cookies, what it counts, and the faults that it shows."""

import gzip
import http.client
import json
import socket
import time
import urllib.parse
import uuid

import pytest
from cluster import wait_until
from collector import Collector
from support import in_thread
from tracker_protocol import JSON, TP2, attempt, envelope, event, events_of, post, send, take

LARGEST = 2 * 1024 * 1024


def test_pixel(collector):
    """An event may come in the query of a GET, where nothing but its formats is checked."""
    answer = send(collector, 'GET', '/i?e=pp&p=web&tv=lol&unknown=1')
    assert answer.status == 200 and answer.headers['Content-Type'] == 'image/gif'
    assert answer.headers['Cache-Control'] == 'no-cache, no-store, must-revalidate'
    assert len(answer.text) == 43 and answer.text.startswith(b'GIF89a')
    send(collector, 'HEAD', '/com.snowplowanalytics.snowplow/tp2?e=pv&url=https%3A%2F%2Fexample.com')
    assert [found['e'] for found in collector.events()] == ['pp', 'pv']
    send(collector, 'GET', '/i?e=pp&eid=invalid')
    send(collector, 'GET', '/i?p=web')
    assert collector.summary() == {'total': 4, 'good': 2, 'bad': 2}
    assert 'eid: no UUID' in collector.errors() and 'e: missing' in collector.errors()


def test_health(collector):
    """Whoever asks is told that the collector is up; what it does not know it says too."""
    assert send(collector, 'GET', '/health').text == b'ok'
    assert send(collector, 'GET', '/unknown').status == 404


def test_cors(collector):
    """A browser is allowed to send, and to see the answer."""
    origin = {'Origin': 'https://example.com'}
    answer = send(collector, 'OPTIONS', TP2, headers=origin)
    assert answer.status == 200 and answer.text == b''
    assert answer.headers['Access-Control-Allow-Headers'] == 'Content-Type, SP-Anonymous'
    assert answer.headers['Access-Control-Max-Age'] == '3600'
    answers = [answer, post(collector, envelope([event()]), {**JSON, **origin}),
               send(collector, 'GET', '/i?e=pp', headers=origin)]
    for given in answers:
        assert given.headers['Access-Control-Allow-Origin'] == 'https://example.com'
        assert given.headers['Access-Control-Allow-Credentials'] == 'true'
    assert send(collector, 'GET', '/i?e=pp').headers['Access-Control-Allow-Origin'] == '*'


def test_cookie(collector):
    """Who sends is known by a cookie, unless somebody else is named or nobody wants to be known."""
    mine, other = str(uuid.uuid4()), str(uuid.uuid4())

    def seen(query='', **headers):
        """The cookie of the answer, and who the event was taken to come from."""
        answer = send(collector, 'GET', f'/i?e=pp{query}', headers=headers)
        return answer.headers['Set-Cookie'], collector.good()[0]['rawEvent']['context']['userId']

    fresh, user = seen()
    assert fresh.startswith(f'sp={user}; Path=/; Expires=') and fresh.endswith('GMT; Secure; HttpOnly; SameSite=None')
    assert seen(Cookie=f'sp={mine}')[1] == mine
    assert seen(f'&nuid={other}', Cookie=f'sp={mine}')[1] == other
    assert seen(**{'SP-Anonymous': '*'}) == (None, '00000000-0000-0000-0000-000000000000')
    assert seen(**{'SP-Anonymous': '*', 'Cookie': f'sp={mine}'})[0].startswith('sp=; Path=/; Expires=')
    send(collector, 'GET', '/i?e=pp&nuid=me')
    assert 'network user id is no UUID' in collector.errors()


def test_duplicates(collector):
    """An event that comes twice is kept twice and shown as a duplicate, whatever the case of its id."""
    first, second = event(eid='abcdef01-2345-6789-abcd-ef0123456789'), event()
    take(collector, envelope([first, second]))
    assert collector.duplicates() == {}
    take(collector, envelope([{**first, 'eid': first['eid'].upper()}]))
    assert collector.duplicates() == {first['eid']: 2} and len(collector.events()) == 3


def test_strictness(collector):
    """What no enrichment minds is good, and shown all the same."""
    lacking = [event(se_ca=None, se_ac=None), event(e='pv'), event(e='ue')]
    take(collector, envelope([*lacking, event(), event(e='pv', url='https://example.com/')]))
    assert collector.summary()['good'] == 5
    assert [(row['eid'], row['complaints']) for row in collector.strictness()] == [
        (lacking[0]['eid'], ['se_ca is missing', 'se_ac is missing']), (lacking[1]['eid'], ['url is missing']),
        (lacking[2]['eid'], ['ue_pr or ue_px is missing'])]


def test_requests(collector):
    """Batch sizes, connections and concurrency can be seen."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(collector.url).netloc)
    body = envelope(events_of(3))
    for _ in range(2):
        connection.request('POST', TP2, body, JSON)
        connection.getresponse().read()
    collector.faults({'fault': 'hang', 'times': 3})
    waiting = [in_thread(lambda: attempt(collector))[0] for _ in range(3)]
    assert wait_until(lambda: len(collector.requests()) == 5, 10)
    collector.clear_faults()
    for thread in waiting:
        thread.join(10)
    kept, hanging = collector.requests()[:2], collector.requests()[2:]
    seen = [(row['bytes'], row['events'], row['status'], row['at_once']) for row in kept]
    assert seen == [(len(body), 3, 200, 1)] * 2
    assert kept[0]['connection'] == kept[1]['connection']
    assert kept[0]['headers']['Content-Type'] == 'application/json'
    assert sorted(row['at_once'] for row in hanging) == [1, 2, 3]
    assert len({row['connection'] for row in hanging}) == 3


def test_client_that_leaves(collector):
    """What a client has sent is taken, whether or not it waits for the answer."""
    body = envelope([event()])
    head = f'POST {TP2} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n'
    address = urllib.parse.urlsplit(collector.url)
    for sent in (head.encode() + body, head.encode() + body[:-1]):
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(sent)
    assert collector.wait_for(1, 10) and wait_until(lambda: len(collector.requests()) == 2, 10)
    take(collector, envelope([event()]))
    assert collector.summary() == {'total': 2, 'good': 2, 'bad': 0}


def test_status_faults(collector):
    """A status is given as often as was said, with its headers, and nothing is stored meanwhile."""
    collector.faults({'fault': 'status', 'status': 503, 'times': 2, 'headers': {'Retry-After': '7'}},
                     {'fault': 'status', 'status': 429})
    answers = [post(collector, envelope([event()])) for _ in range(4)]
    assert [(answer.status, answer.headers['Retry-After']) for answer in answers] == [
        (503, '7'), (503, '7'), (429, None), (200, None)]
    assert collector.summary()['total'] == 1
    assert [(row['status'], row['fault'], row['stored']) for row in collector.requests()] == [
        (503, 'status', False), (503, 'status', False), (429, 'status', False), (200, None, True)]


def test_conditions_of_faults(collector):
    """A fault may concern large requests only, or those with a certain text, and for ever."""
    collector.faults({'fault': 'status', 'status': 413, 'over_bytes': 1000, 'times': -1},
                     {'fault': 'status', 'status': 400, 'containing': 'poison', 'times': -1})

    def status(*events):
        """How some events are answered."""
        return post(collector, envelope(events)).status

    for _ in range(3):
        assert status(event()) == 200 and status(*events_of(20)) == 413 and status(event(se_la='poison')) == 400
    collector.clear_faults()
    assert status(event(se_la='poison')) == 200
    assert collector.summary()['total'] == 4


@pytest.mark.parametrize('rule, error, stored', [
    ({'fault': 'reset'}, 'ConnectionResetError', 0),
    ({'fault': 'drop_response'}, 'ConnectionResetError', 1),
    ({'fault': 'partial_response'}, 'IncompleteRead', 1),
])
def test_broken_connections(collector, rule, error, stored):
    """A connection that breaks leaves the client in doubt; the stand-in knows what it stored."""
    collector.faults(rule)
    assert attempt(collector) == error
    assert collector.summary()['good'] == stored
    assert attempt(collector) is None
    assert collector.summary()['good'] == stored + 1


@pytest.mark.parametrize('stored', [False, True])
def test_hang(collector, stored):
    """A request that hangs ends when its client gives up or the faults are cleared, and is stored if that was said."""
    collector.faults({'fault': 'hang', 'stored': stored, 'times': 2})
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(collector.url).netloc, timeout=0.3)
    connection.request('POST', TP2, envelope([event()]), JSON)
    with pytest.raises(socket.timeout):
        connection.getresponse()
    connection.close()
    assert wait_until(lambda: collector.requests()[0]['seconds'] is not None, 10)
    thread, result = in_thread(lambda: attempt(collector))
    assert wait_until(lambda: len(collector.requests()) == 2, 10)
    collector.clear_faults()
    thread.join(10)
    assert result == ['ConnectionResetError'] and collector.summary()['good'] == 2 * stored


def test_slow_body(collector):
    """An answer that trickles is whole in the end."""
    collector.faults({'fault': 'slow_body', 'bytes': 5, 'pause': 0.05})
    started = time.monotonic()
    answer = post(collector, envelope([event()]))
    assert answer.text == b'ok   ' and time.monotonic() - started >= 0.25
    assert collector.summary()['good'] == 1


@pytest.mark.parametrize('rules', [
    {'fault': 'reset'}, [{'fault': 'flood'}], [{'fault': 'status'}], [{'fault': 'reset', 'time': 1}],
])
def test_unknown_faults(collector, rules):
    """A rule with a mistake is refused, lest a test waits for a fault in vain."""
    answer = send(collector, 'POST', '/stand-in/faults', json.dumps(rules))
    assert answer.status == 400 and json.loads(send(collector, 'GET', '/stand-in/faults').text) == []


def test_largest_body(collector):
    """A body may have 2 MiB and no byte more."""
    padded = event(se_la='')
    padded['mac'] = 'x' * (LARGEST - len(envelope([{**padded, 'mac': ''}])))
    body = envelope([padded])
    assert len(body) == LARGEST
    take(collector, body)
    answer = post(collector, body + b' ')
    assert answer.status == 413 and collector.summary() == {'total': 1, 'good': 1, 'bad': 0}
    assert [row['status'] for row in collector.requests()] == [200, 413]


def test_gzip(collector):
    """The stock collector unpacks nothing: a compressed body is garbage, and answered with 200."""
    headers = {**JSON, 'Content-Encoding': 'gzip'}
    take(collector, gzip.compress(envelope([event()])), headers)
    assert 'invalid JSON' in collector.errors()
    with Collector('--gzip') as unpacking:
        take(unpacking, gzip.compress(envelope([event()])), headers)
        take(unpacking, envelope([event()]))
        assert unpacking.summary() == {'total': 2, 'good': 2, 'bad': 0}
        take(unpacking, gzip.compress(envelope([event()]))[:-20], headers)
        take(unpacking, gzip.compress(b' ' * (LARGEST + 1)), headers)
        assert unpacking.summary() == {'total': 4, 'good': 2, 'bad': 2}


def test_post_path():
    """A further path can be given to events."""
    with Collector('--post-path', '/-/collect_events') as collector:
        assert send(collector, 'POST', '/-/collect_events', envelope([event()]), JSON).status == 200
        assert collector.summary() == {'total': 1, 'good': 1, 'bad': 0}
