"""Events as a tracker sends them, to try a collector with."""

import http.client
import json
import urllib.parse
import uuid

JSON = {'Content-Type': 'application/json'}
SNOWPLOW = 'iglu:com.snowplowanalytics.snowplow'
TP2 = '/com.snowplowanalytics.snowplow/tp2'


def event(**parameters):
    """A good structured event, with other parameters; those that are None are left out."""
    whole = {'e': 'se', 'p': 'srv', 'tv': 'test', 'eid': str(uuid.uuid4()), 'se_ca': 'c', 'se_ac': 'a', **parameters}
    return {name: value for name, value in whole.items() if value is not None}


def events_of(count):
    """Some good events."""
    return [event() for _ in range(count)]


def envelope(events, version='1-0-4'):
    """The body of a POST request."""
    return json.dumps({'schema': f'{SNOWPLOW}/payload_data/jsonschema/{version}', 'data': events}).encode()


def described(schema, data, version='1-0-0'):
    """A self-describing event as the parameter holds it."""
    return json.dumps({'schema': f'{SNOWPLOW}/unstruct_event/jsonschema/{version}',
                       'data': {'schema': schema, 'data': data}})


def contexts(*entities, version='1-0-0'):
    """Contexts as the parameter holds them; each entity is a schema and its data."""
    data = [{'schema': schema, 'data': data} for schema, data in entities]
    return json.dumps({'schema': f'{SNOWPLOW}/contexts/jsonschema/{version}', 'data': data})


def send(collector, method, path, body=None, headers=None):
    """Sends a request on a connection of its own; returns the answer, whose body is in `text`."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(collector.url).netloc, timeout=30)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    answer.text = answer.read()
    connection.close()
    return answer


def post(collector, body, headers=None, query=''):
    """Sends a body to where events go; returns the answer."""
    return send(collector, 'POST', TP2 + query, body, headers or JSON)


def attempt(collector, body=None):
    """Sends a body, or an event, to a collector that may break off; returns the name of the error, or None."""
    try:
        post(collector, body or envelope([event()]))
        return None
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__


def take(collector, body, headers=None, query=''):
    """Sends a body that the collector is to answer with 200, good or not."""
    answer = post(collector, body, headers, query)
    assert (answer.status, answer.text) == (200, b'ok')
