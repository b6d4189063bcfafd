"""The stand-in collector tells good events from bad ones as Snowplow's enrichment does."""

import base64
import json
import uuid

import pytest
from tracker_protocol import JSON, SNOWPLOW, contexts, described, envelope, event, send, take

PAGE = (f'{SNOWPLOW}/web_page/jsonschema/1-0-0', {'id': '00000000-0000-4000-8000-00000000000a'})
CLICK = (f'{SNOWPLOW}/link_click/jsonschema/1-0-1', {'targetUrl': 'https://example.com/'})
STANDARD = 'iglu:com.gitlab/gitlab_standard/jsonschema/'
PING = 'iglu:com.gitlab/gitlab_service_ping/jsonschema/'


def test_good_batch(collector):
    """Good events are kept as they came, and shown as Micro shows them."""
    events = [event(se_la='ä', se_va='1.5', dtm='1700000000000', stm='1700000000001'), event(co=contexts(PAGE))]
    take(collector, envelope(events))
    assert collector.events() == events
    assert collector.summary() == {'total': 2, 'good': 2, 'bad': 0}
    newest = collector.good()[0]
    assert newest['eventType'] == 'struct' and newest['contexts'] == [PAGE[0]]
    assert newest['schema'] == 'iglu:com.google.analytics/event/jsonschema/1-0-0'
    assert newest['rawEvent']['parameters'] == events[1]


@pytest.mark.parametrize('body, fault', [
    (b'', 'invalid JSON'),
    (b'{', 'invalid JSON'),
    (b'\xff', 'invalid JSON'),
    (envelope([{**event(), 'se_va': float('nan')}]), 'NaN is no JSON'),
    (b'[]', 'not an object of schema and data alone'),
    (json.dumps({'data': [event()]}).encode(), 'not an object of schema and data alone'),
    (envelope([event()])[:-1] + b', "more": 1}', 'not an object of schema and data alone'),
    (envelope([event()], version='1-0-5'), 'unknown schema'),
    (envelope([event()], version='2-0-0'), 'is no payload_data 1-0-*'),
    (envelope([event()]).replace(b'iglu:', b''), 'is no payload_data 1-0-*'),
    (envelope([]), 'too short'),
    (envelope(event()), "is not of type 'array'"),
    (envelope([event(), event(tv=None)]), "'tv' is a required property"),
    (envelope([event(), event(p=None)]), "'p' is a required property"),
    (envelope([event(), event(e=None)]), "'e' is a required property"),
    (envelope([event(), event(se_va=1)]), "1 is not of type 'string'"),
    (envelope([event(), {**event(), 'se_la': None}]), "None is not of type 'string'"),
    (envelope([event(), event(cv='1')]), 'Additional properties are not allowed'),
], ids=lambda value: 'body' if isinstance(value, bytes) else value)
def test_batch_fails_as_a_whole(collector, body, fault):
    """A breach by the envelope or by one event costs all events of the request."""
    take(collector, body)
    assert collector.summary() == {'total': 1, 'good': 0, 'bad': 1}
    assert fault in collector.errors()
    assert collector.bad()[0]['rawEvent'] is None


@pytest.mark.parametrize('content_type, good', [
    ('application/json; charset=utf-8', 1), ('application/json; charset=UTF-8', 1),
    ('application/json;charset=utf-8', 1),
    ('text/plain', 0), ('application/json; charset=latin1', 0), ('application/json; charset=utf-8; a=b', 0), ('', 0),
])
def test_content_type(collector, content_type, good):
    """Only three content types are taken."""
    take(collector, envelope([event()]), {'Content-Type': content_type})
    assert collector.summary()['good'] == good


def test_other_vendor(collector):
    """Any path of two parts is answered with 200, and its events are bad."""
    answer = send(collector, 'POST', '/com.example/v1', envelope([event()]), JSON)
    assert answer.status == 200 and 'unknown vendor or version: com.example/v1' in collector.errors()
    assert send(collector, 'POST', '/one', b'').status == 404 and send(collector, 'GET', '/a/b/c').status == 404
    assert send(collector, 'GET', '/r/tp2?u=http://example.com').status == 404


def test_query_of_post(collector):
    """A query beside a body goes into each event, and wins."""
    take(collector, envelope([event(aid='body'), event()]), query='?aid=query&unknown=1')
    assert [found['aid'] for found in collector.events()] == ['query', 'query']


FORMATS = {
    'e': (['se', 'ue', 'pv', 'pp', 'tr', 'ti', 'ev'], ['ad', 'struct', '']),
    'p': (['web', 'mob', 'pc', 'srv', 'app', 'tv', 'cnsl', 'iot', 'headset'], ['server', 'SRV']),
    'eid': (['00000000-0000-0000-0000-000000000000', 'ABCDEF01-2345-6789-abcd-ef0123456789'], ['x', 'a' * 32, '']),
    'sid': (['ABCDEF01-2345-6789-abcd-ef0123456789'], ['1']),
    **dict.fromkeys(['dtm', 'stm', 'ttm'], (['0', '1700000000000', '-1', '253402300799999'],
                                           ['253402300800000', '1.5', '2024-01-01', '', '١'])),
    **dict.fromkeys(['vid', 'tid', 'pp_mix', 'pp_max', 'pp_miy', 'pp_may', 'ti_qu'],
                    (['0', '-1', '2147483647'], ['2147483648', '1.0', 'x', ''])),
    **dict.fromkeys(['cookie', 'f_pdf', 'f_qt', 'f_realp', 'f_wma', 'f_dir', 'f_fla', 'f_java', 'f_gears', 'f_ag'],
                    (['0', '1'], ['true', '2', ''])),
    **dict.fromkeys(['res', 'vp', 'ds'], (['1x1', '0x2147483647'], ['1.5x1', '1X1', '1x', '2147483648x1', '-1x1'])),
    'se_va': (['1', '-1.5', '1e3', '0', 'null', '.5'], ['one', '1,5', 'NaN', '']),
    **dict.fromkeys(['tr_tt', 'tr_tx', 'tr_sh', 'ti_pr'], (['1', '1.50'], ['null', 'x'])),
    'url': (['https://example.com/a?b#c', 'https://example.com/' + 'a' * 2999],
            ['http://[', 'http://a:b/', 'https://example.com/' + 'a' * 3000, f"https://{'a' * 256}/",
             'a' * 17 + '://b/', 'https://a/?' + 'q' * 6001, 'https://a/#' + 'f' * 3001, 'https://a/' + 'a/' * 5000]),
    'refr': (['https://example.com/'], ['http://[']),
    'ip': (['127.0.0.1', '::1, ' + 'a' * 200], ['a' * 129]),
}
LENGTHS = {
    **dict.fromkeys('aid tz uid lang tr_id tr_af tr_ci tr_st tr_co ti_id ti_sk ti_nm ti_na ti_ca'.split(), 255),
    **dict.fromkeys('tna duid fp nuid tnuid cs'.split(), 128),
    **dict.fromkeys('ua se_ca se_ac se_pr'.split(), 1000),
    'tv': 100, 'page': 2000, 'cd': 12, 'se_la': 4096, 'tr_cu': 3, 'ti_cu': 3,
}


@pytest.mark.parametrize('name', FORMATS)
def test_formats(collector, name):
    """Each parameter with a format is checked, and only the event that it is in is bad."""
    good, bad = FORMATS[name]
    take(collector, envelope([event(**{name: value}) for value in good + bad]))
    assert [found[name] for found in collector.events()] == good
    rows = collector.bad()[::-1]
    assert [row['rawEvent']['parameters'][name] for row in rows] == bad
    assert all(len(row['errors']) == 1 and row['errors'][0].startswith(f'{name}: ') for row in rows)


@pytest.mark.parametrize('name', LENGTHS)
def test_lengths(collector, name):
    """Texts are bounded in UTF-16 units, of which a character may be two."""
    limit = LENGTHS[name]
    values = ['ä' * limit, 'a' * (limit + 1), '😀' * (limit // 2), '😀' * (limit // 2 + 1)]
    take(collector, envelope([event(**{name: value}) for value in values]))
    assert [found[name] for found in collector.events()] == values[::2]


def test_parameters_without_format(collector):
    """What no column is made of may be anything, and an event without id gets one."""
    take(collector, envelope([event(mac='x', ctype='y', ue_na='z', eid=None)]))
    assert uuid.UUID(collector.events()[0]['eid'])


@pytest.mark.parametrize('plain, encoded, text', [
    ('co', 'cx', contexts(PAGE, (PING + '1-0-1', {'data_source': 'redis_hll', 'event_name': '>>>???ÿÿÿ'}))),
    ('ue_pr', 'ue_px', described(*CLICK)),
])
def test_encodings(collector, plain, encoded, text):
    """Self-describing JSON comes plain or in base64 of both alphabets, padded or not."""
    padded = text + ' ' * ((1 - len(text.encode())) % 3)
    standard = base64.b64encode(padded.encode()).decode()
    web = base64.urlsafe_b64encode(padded.encode()).decode()
    assert standard.endswith('==') and (plain == 'ue_pr' or standard != web)
    codes = [standard, web, standard.rstrip('='), web.rstrip('=')]
    take(collector, envelope([event(e='ue', **{plain: text}), *(event(e='ue', **{encoded: code}) for code in codes)]))
    assert collector.summary() == {'total': 5, 'good': 5, 'bad': 0}
    take(collector, envelope([event(**{encoded: bad}) for bad in ('$', 'a', base64.b64encode(b'\xff').decode(), '')]))
    assert collector.summary()['bad'] == 4 and 'invalid base64' in collector.errors()


def nested(levels):
    """A user context so deep that the whole parameter has so many levels."""
    value = {}
    for _ in range(levels - 4):
        value = {'a': value}
    return contexts(('iglu:com.gitlab/user_context/jsonschema/1-0-0', value))


@pytest.mark.parametrize('parameters, fault', [
    ({'co': '{'}, 'invalid JSON'),
    ({'co': '[' * 100000}, 'invalid JSON'),
    ({'co': nested(41)}, 'nested deeper'),
    ({'co': contexts()}, 'too short'),
    ({'co': contexts(PAGE, version='1-0-2')}, 'unknown schema'),
    ({'co': contexts(PAGE, version='2-0-0')}, 'is no contexts 1-0-*'),
    ({'co': described(*CLICK)}, 'is no contexts 1-0-*'),
    ({'ue_pr': contexts(PAGE)}, 'is no unstruct_event 1-0-*'),
    ({'ue_pr': json.dumps({'schema': 'x'})}, 'is no unstruct_event 1-0-*'),
    ({'ue_pr': json.dumps({'schema': 1, 'data': {}})}, 'invalid Iglu URI'),
    ({'ue_pr': described(*CLICK)[:-1] + ', "more": 1}'}, 'not an object of schema and data alone'),
    ({'ue_pr': described(*CLICK)[:-2] + ', "more": 1}}'}, 'Additional properties'),
    ({'co': contexts(('iglu:com.example/a b/jsonschema/1-0-0', {}))}, 'invalid Iglu URI'),
    ({'co': contexts(('iglu:com.example/a.b/jsonschema/1-0-0', {}))}, 'invalid Iglu URI'),
    ({'co': contexts(('iglu:com.example/thing/jsonschema/1-0-0', {}))}, 'unknown schema: iglu:com.example/thing'),
    ({'co': contexts((PAGE[0].replace('jsonschema', 'avro'), PAGE[1]))}, 'unknown schema'),
    ({'co': contexts(PAGE, (PAGE[0], {'id': 'x'}))}, 'does not match'),
    ({'ue_pr': described(CLICK[0], {})}, "'targetUrl' is a required property"),
    ({'ue_pr': described(CLICK[0].replace('1-0-1', '1-0-0'), CLICK[1])}, 'unknown schema'),
])
def test_bad_entities(collector, parameters, fault):
    """One bad entity makes its event bad, and no other one."""
    take(collector, envelope([event(e='ue', **parameters), event()]))
    assert collector.summary() == {'total': 2, 'good': 1, 'bad': 1}
    assert fault in collector.errors()


def test_good_entities(collector):
    """What only just keeps the rules is good."""
    take(collector, envelope([event(co=contexts(version='1-0-1')), event(co=nested(40))]))
    assert collector.summary() == {'total': 2, 'good': 2, 'bad': 0}


NEWER = [('1-1-1', 'correlation_id', 'a'), ('1-1-2', 'client_name', 'a'), ('1-1-3', 'feature_enablement_type', 'a'),
         ('1-1-4', 'model_name', 'a'), ('1-1-5', 'unique_instance_id', 'a'), ('1-1-5', 'user_id', 'a'),
         ('1-1-6', 'ultimate_parent_namespace_id', 1), ('1-1-7', 'user_type', 'a'), ('1-1-8', 'organization_id', 1)]


@pytest.mark.parametrize('since, name, value', NEWER)
def test_standard_context_by_version(collector, since, name, value):
    """A field newer than the declared version of the standard context makes the event bad."""
    versions = [f'1-1-{number}' for number in range(9)]
    take(collector, envelope([event(aid=version, co=contexts((STANDARD + version, {'environment': 'org', name: value})))
                              for version in versions]))
    assert [found['aid'] for found in collector.events()] == [version for version in versions if version >= since]


@pytest.mark.parametrize('entity, good', [
    ((STANDARD + '1-1-8', {'environment': 'self-managed', 'user_id': 7, 'extra': {'a': [1]}, 'realm': None}), True),
    ((STANDARD + '1-1-0', {'environment': 'self-managed', 'user_id': 7}), True),
    ((STANDARD + '1-1-9', {'environment': 'production'}), False),
    ((STANDARD + '1-0-8', {'environment': 'production'}), False),
    ((STANDARD + '1-1-8', {}), False),
    ((STANDARD + '1-1-8', {'environment': None}), False),
    ((STANDARD + '1-1-8', {'environment': 'production', 'colour': 'red'}), False),
    ((STANDARD + '1-1-8', {'environment': 'production', 'project_id': '7'}), False),
    ((STANDARD + '1-1-8', {'environment': 'production', 'project_id': 2**31}), False),
    ((STANDARD + '1-1-8', {'environment': 'production', 'realm': 'SaaS'}), False),
    ((STANDARD + '1-1-8', {'environment': 'production', 'plan': 'p' * 33}), False),
    ((PING + '1-0-0', {'data_source': 'redis', 'key_path': 'a'}), True),
    ((PING + '1-0-1', {'data_source': 'redis', 'event_name': 'b', 'key_path': 'a'}), False),
    ((PING + '1-0-1', {'data_source': 'redis'}), False),
    (('iglu:com.gitlab/ai_context/jsonschema/1-0-1', {'session_id': 1, 'cache_creation': 0}), True),
    (('iglu:com.gitlab/ai_context/jsonschema/1-0-0', {'session_id': 'a', 'cache_creation': 0}), False),
    (('iglu:com.gitlab/custom_event/jsonschema/1-0-0', {'name': 'n', 'props': {'a': 1}}), True),
    (('iglu:com.gitlab/custom_event/jsonschema/1-0-0', {'props': {}}), False),
    (('iglu:com.gitlab/gitlab_experiment/jsonschema/1-0-3',
      {'experiment': 'e', 'key': 'k', 'variant': 'v', 'x': 1}), True),
    ((f'{SNOWPLOW}/submit_form/jsonschema/1-0-0', {'formId': 'f', 'elements': [{'name': 'n', 'value': None}]}), False),
    ((f'{SNOWPLOW}/change_form/jsonschema/1-0-0',
      {'formId': 'f', 'elementId': 'e', 'nodeName': 'INPUT', 'value': None}), True),
    (('iglu:org.w3/PerformanceTiming/jsonschema/1-0-0', {'domComplete': 1.5}), True),
    (('iglu:org.ietf/http_client_hints/jsonschema/1-0-0', {'isMobile': False}), False),
])
def test_bundled_schemas(collector, entity, good):
    """The bundled schemas are as open and as closed as those that they stand for."""
    take(collector, envelope([event(co=contexts(entity))]))
    assert collector.summary()['good'] == good, collector.errors()
