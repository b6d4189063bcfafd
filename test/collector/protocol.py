"""What a request means: which events are in it, which of them are good, and why the others are not."""

import collections
import re
import uuid

import formats
from entities import SNOWPLOW, Unacceptable, read_base64, read_json

CONTENT_TYPE = re.compile(r'application/json( *; *charset=utf-8)?', re.IGNORECASE)
NOMINAL_SCHEMAS = {
    'struct': 'com.google.analytics/event', 'page_view': f'{SNOWPLOW}/page_view', 'page_ping': f'{SNOWPLOW}/page_ping',
    'transaction': f'{SNOWPLOW}/transaction', 'transaction_item': f'{SNOWPLOW}/transaction_item',
}

# A request as the collector hands it on: `api` is its vendor and version, `network_id` the user id of the cookie.
Payload = collections.namedtuple('Payload', 'method api query headers body network_id address time')

# Good events are sets of parameters, bad rows as Micro shows them, strictness what only this stand-in minds.
Verdict = collections.namedtuple('Verdict', 'good bad strictness')


def events_of_post(schemas, payload):
    """The events of a POST request; raises Unacceptable if the whole of it is bad."""
    if not CONTENT_TYPE.fullmatch(payload.headers.get('Content-Type', '')):
        raise Unacceptable(f"wrong content type: {payload.headers.get('Content-Type')}")
    events = schemas.open(read_json(payload.body), 'payload_data')
    return [{**event, **payload.query} for event in events]


def events_of(schemas, payload):
    """The events of a request; raises Unacceptable if the whole of it is bad."""
    if payload.api not in (f'{SNOWPLOW}/tp1', f'{SNOWPLOW}/tp2'):
        raise Unacceptable(f'unknown vendor or version: {payload.api}')
    if not formats.UUID.fullmatch(payload.network_id):
        raise Unacceptable(f'network user id is no UUID: {payload.network_id}')
    return events_of_post(schemas, payload) if payload.method == 'POST' else [dict(payload.query)]


def parameter_faults(parameters):
    """What is wrong with the format of an event's parameters."""
    if 'e' not in parameters:
        yield 'e: missing'
    for name, value in parameters.items():
        check = formats.FORMATS.get(name)
        if check:
            try:
                check(value)
            except Unacceptable as fault:
                yield f'{name}: {fault}: {value[:100]!r}'


def texts(parameters, plain, encoded):
    """The JSON texts of the two parameters that may hold the same thing, with the parameter's name."""
    if plain in parameters:
        yield plain, lambda: parameters[plain]
    if encoded in parameters:
        yield encoded, lambda: read_base64(parameters[encoded])


def entities_in(schemas, parameters):
    """The self-describing event and the contexts of an event, as pairs of parameter and reader of its entities."""
    for name, text in texts(parameters, 'ue_pr', 'ue_px'):
        yield name, lambda text=text: [schemas.open(read_json(text()), 'unstruct_event')]
    for name, text in texts(parameters, 'co', 'cx'):
        yield name, lambda text=text: schemas.open(read_json(text()), 'contexts')


def entity_faults(schemas, parameters):
    """What is wrong with the self-describing event and the contexts of an event."""
    for name, read in entities_in(schemas, parameters):
        try:
            entities = read()
        except Unacceptable as fault:
            yield f'{name}: {fault}'
            continue
        for entity in entities:
            try:
                schemas.check(entity)
            except Unacceptable as fault:
                yield f'{name}: {fault}'


def strictness_of(parameters):
    """What no enrichment minds, and every tracker sends."""
    wanted = {'se': [('se_ca',), ('se_ac',)], 'pv': [('url',)], 'ue': [('ue_pr', 'ue_px')]}
    return [' or '.join(names) + ' is missing' for names in wanted.get(parameters['e'], ())
            if not any(parameters.get(name) for name in names)]


def raw_event(payload, parameters):
    """An event as Micro shows it before its enrichment."""
    vendor, version = payload.api.split('/')
    return {
        'api': {'vendor': vendor, 'version': version}, 'parameters': parameters,
        'contentType': payload.headers.get('Content-Type'),
        'context': {'timestamp': payload.time, 'ipAddress': payload.address, 'userId': payload.network_id,
                    'useragent': payload.headers.get('User-Agent'), 'headers': payload.headers},
    }


def collector_payload(payload):
    """A request as Micro shows it; its body as text, whatever its bytes are."""
    return {**raw_event(payload, {}), 'querystring': payload.query, 'body': payload.body.decode(errors='replace')}


def judge(schemas, payload):
    """Judges a request: a breach of the protocol costs all its events, any other only the one that it is in."""
    verdict = Verdict([], [], [])
    try:
        events = events_of(schemas, payload)
    except Unacceptable as fault:
        row = {'collectorPayload': collector_payload(payload), 'rawEvent': None, 'errors': [str(fault)]}
        verdict.bad.append(row)
        return verdict
    from_headers = {'ua': payload.headers.get('User-Agent', ''), 'url': payload.headers.get('Referer', '')}
    for parameters in events:
        faults = [*parameter_faults({**from_headers, **parameters}), *entity_faults(schemas, parameters)]
        if faults:
            verdict.bad.append({'collectorPayload': collector_payload(payload),
                                'rawEvent': raw_event(payload, parameters), 'errors': faults})
            continue
        parameters['eid'] = parameters.get('eid', str(uuid.uuid4()))
        verdict.good.append(parameters)
        complaints = strictness_of(parameters)
        if complaints:
            verdict.strictness.append({'eid': parameters['eid'], 'complaints': complaints})
    return verdict


def good_row(schemas, request, parameters):
    """A good event as Micro shows it, without what only an enrichment knows."""
    kind = formats.EVENT_TYPES[parameters['e']]
    uris = {name: [entity['schema'] for entity in read()] for name, read in entities_in(schemas, parameters)}
    described = uris.get('ue_pr') or uris.get('ue_px')
    nominal = f'iglu:{NOMINAL_SCHEMAS[kind]}/jsonschema/1-0-0' if kind in NOMINAL_SCHEMAS else None
    return {'rawEvent': {**request, 'parameters': parameters}, 'eventType': kind,
            'schema': described[0] if described else nominal, 'contexts': uris.get('co', []) + uris.get('cx', [])}
