"""Snowplow's own tracker, run for real: what it sends is good, so that the stand-in collector is known to be fair."""

import collections
import json
import subprocess

import pytest
from collector import Collector
from support import CHECKOUT

TYPES = {'se': 5, 'pv': 1, 'pp': 1, 'ue': 4, 'tr': 1, 'ti': 1}


@pytest.fixture(scope='module', autouse=True)
def _modules():
    """Node's modules, installed if they are missing."""
    subprocess.run([CHECKOUT / 'scripts' / 'install-node-modules'], check=True)


def node(script, *arguments):
    """Runs a script of test/node; returns the JSON that it prints."""
    ran = subprocess.run(['node', CHECKOUT / 'test' / 'node' / script, *map(str, arguments)], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize('encoding', ['base64', 'plain'])
@pytest.mark.parametrize('method', ['post', 'get'])
def test_events_of_every_shape(method, encoding):
    """All events of the tracker are good, and come with the values that they were tracked with."""
    with Collector() as collector:
        tracked = node('track.mjs', collector.url, method, encoding)
        assert collector.bad() == []
        kept = collector.events()
        assert collector.strictness() == [] and collector.duplicates() == {}
        contexts = [uri for row in collector.good() for uri in row['contexts']]
        schemas = {row['schema'] for row in collector.good() if row['eventType'] == 'unstruct'}
        requests = collector.requests()
    assert collections.Counter(found['e'] for found in kept) == TYPES
    for found in kept:
        assert found.pop('stm').isdigit()
    # Where one request goes out while further events are tracked, the order of arrival is still that of tracking.
    assert kept == [{name: str(value) for name, value in event.items()} for event in tracked]
    names = collections.Counter(uri.split('/')[1] for uri in contexts)
    assert names == {'gitlab_standard': 3, 'gitlab_service_ping': 2}
    assert {uri.split('/')[1] for uri in schemas} == {'custom_event', 'link_click', 'change_form', 'submit_form'}
    assert {row['method'] for row in requests} == {method.upper()}
    assert all(('cx' in found) == (encoding == 'base64') for found in kept if 'cx' in found or 'co' in found)


def test_bench():
    """The measurement of the tracker delivers each event once."""
    with Collector() as collector:
        result = node('bench.mjs', collector.url, 500)
        assert collector.summary() == {'total': 500, 'good': 500, 'bad': 0}
        assert collector.duplicates() == {} and collector.strictness() == []
    assert result['events'] == 500 and result['events_per_second'] > 0
