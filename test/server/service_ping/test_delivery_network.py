"""Service Pings through TLS and proxies: a real Nginx with certificates of our own authority, and a real Tinyproxy."""

import pytest

from cluster import Cluster
from peers import Authority, Nginx, Tinyproxy
from ports import free_port
from pings import SEND, attempts, build, deliver_to, make_due, ping, send, state
from receiver import Receiver
from support import session

FAULTS = {
    'wrong name': 'the certificate of localhost:{port} is for another name',
    'expired': 'the certificate of localhost:{port} has expired',
    'not yet': 'the certificate of localhost:{port} is not valid yet',
    'other authority': 'the certificate of localhost:{port} is from an authority that is not known here',
}
LOST = 'http://127.0.0.1:9'


class ClusterWithProxy(Cluster):
    """A cluster whose server has proxies in its environment that nobody must use."""

    def _as_server(self):
        arguments = super()._as_server()
        names = ('http_proxy', 'https_proxy', 'all_proxy', 'HTTPS_PROXY', 'ALL_PROXY')
        return {**arguments, 'env': {**arguments['env'], **dict.fromkeys(names, LOST)}}


@pytest.fixture(scope='module')
def cluster():
    """A cluster with proxies in its environment."""
    with ClusterWithProxy(name='test_delivery_network') as running:
        yield running


@pytest.fixture(scope='module')
def network():
    """A receiver behind Nginx, and the authority that its good certificate is from."""
    with Receiver() as receiver, Authority() as authority, Authority() as other:
        certificates = {
            'good': authority.certificate('good'),
            'wrong name': authority.certificate('wrong', names='DNS:elsewhere.example'),
            'expired': authority.certificate('expired', end='20210101000000Z'),
            'not yet': authority.certificate('early', begin='20980101000000Z'),
            'other authority': other.certificate('other'),
        }
        with Nginx(receiver, certificates) as nginx:
            yield receiver, nginx, authority


@pytest.fixture
def tls(network):
    """The same, with nothing received yet."""
    network[0].requests.clear()
    return network


def test_the_environment_is_ignored(cluster, db, receiver):
    """A proxy in the server's environment is not used; only the setting counts."""
    environment = open(f'/proc/{cluster.pid}/environ', 'rb').read().decode().split('\0')
    assert f'http_proxy={LOST}' in environment
    deliver_to(db, receiver.url)
    number = build(db)
    send(db)
    assert state(db, number) == ('sent', 1, False)
    assert 'Via' not in receiver.requests[0].headers


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1'])
def test_tls(db, tls, host):
    """A certificate of an authority in ca_file, for the name or the address that is asked for, is trusted."""
    receiver, nginx, authority = tls
    deliver_to(db, nginx.url('good', host), ca_file=authority.file)
    number = build(db)
    send(db)
    assert state(db, number) == ('sent', 1, False)
    (request,) = receiver.requests
    assert request.body.decode() == ping(db, number).body


@pytest.mark.parametrize('certificate', FAULTS)
def test_a_bad_certificate(db, tls, certificate):
    """Nothing is sent to somebody whose certificate is not right; the error says what is wrong with it."""
    receiver, nginx, authority = tls
    deliver_to(db, nginx.url(certificate), ca_file=authority.file)
    number = build(db)
    send(db)
    assert state(db, number) == ('built', 1, False)
    assert receiver.requests == []
    ((status, error),) = attempts(db, number)
    assert status is None
    assert error.startswith(FAULTS[certificate].format(port=nginx.ports[certificate])), error
    deliver_to(db, nginx.url('good'), ca_file=authority.file)
    make_due(db)
    send(db)
    assert state(db, number) == ('sent', 2, False)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize('file, error', [('', 'is from an authority that is not known here'),
                                         ('/no/such/ca.pem', 'the CA file "/no/such/ca.pem" cannot be read'),
                                         ('/etc/passwd', 'the CA file "/etc/passwd" cannot be read, or has no certificate')])
def test_without_the_authority(db, tls, file, error):
    """Without its authority a certificate is worth nothing, and nobody is trusted by mistake."""
    receiver, nginx, _authority = tls
    deliver_to(db, nginx.url('good'), ca_file=file)
    number = build(db)
    send(db)
    assert error in ping(db, number).last_error
    assert receiver.requests == []


def test_tls_and_no_tls_mixed_up(db, tls):
    """Plain HTTP to a port of TLS, and TLS to a port of plain HTTP, end with an error that says what to check."""
    receiver, nginx, authority = tls
    deliver_to(db, f'http://localhost:{nginx.port}/', ca_file=authority.file)
    first = build(db)
    send(db)
    assert ping(db, first).last_error == 'answered with status 400'
    deliver_to(db, f'https://127.0.0.1:{receiver.port}/', ca_file=authority.file)
    second = build(db, force=True)
    send(db)
    assert 'check that this port speaks TLS' in ping(db, second).last_error
    assert receiver.requests == []


@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_a_proxy(db, tls, scheme):
    """The proxy of the setting is used; for https it gets no more than the host to connect to."""
    receiver, nginx, authority = tls
    with Tinyproxy() as proxy:
        deliver_to(db, receiver.url if scheme == 'http' else nginx.url('good'), ca_file=authority.file,
                   http_proxy=proxy.url())
        number = build(db)
        send(db)
        assert state(db, number) == ('sent', 1, False)
        assert receiver.requests[0].body.decode() == ping(db, number).body
        asked = 'POST http://127.0.0.1:' if scheme == 'http' else f'CONNECT localhost:{nginx.ports["good"]}'
        assert asked in proxy.log_text()
        assert ('service_ping' in proxy.log_text()) == (scheme == 'http')


def test_a_proxy_does_not_weaken_tls(db, tls):
    """Certificates are checked through a proxy too."""
    receiver, nginx, authority = tls
    with Tinyproxy() as proxy:
        deliver_to(db, nginx.url('wrong name'), ca_file=authority.file, http_proxy=proxy.url())
        number = build(db)
        send(db)
        assert 'is for another name' in ping(db, number).last_error
        assert 'CONNECT localhost' in proxy.log_text()
        assert receiver.requests == []


@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_a_proxy_with_a_password(cluster, db, tls, scheme):
    """A proxy that asks for a user gets it; a wrong password is told, but never shown."""
    receiver, nginx, authority = tls
    log = len(cluster.log_text())
    deliver_to(db, receiver.url if scheme == 'http' else nginx.url('good'), ca_file=authority.file)
    with Tinyproxy(user=('mole', 'Graham')) as proxy, session(db) as cursor:
        cursor.execute(f"SET internal_events.http_proxy = '{proxy.url('mole:Tolstoy@')}'")
        number = build(db)
        cursor.execute(SEND)
        row = ping(db, number)
        assert row.last_error.startswith('answered with status 40' if scheme == 'http' else
                                         f'the proxy 127.0.0.1:{proxy.port} refused a tunnel to localhost'), row.last_error
        assert receiver.requests == []
        make_due(db)
        cursor.execute(f"SET internal_events.http_proxy = '{proxy.url('mole:Graham@')}'")
        cursor.execute(SEND)
        assert state(db, number) == ('sent', 2, False)
    stored = db.psql('SELECT p FROM internal_events.service_pings p; SELECT a FROM internal_events.service_ping_attempts a')
    for text in (stored, cluster.log_text()[log:]):
        assert not any(word in text for word in ('Tolstoy', 'Graham', 'mole')), text


@pytest.mark.parametrize('host', ['127.0.0.1', 'no-such-proxy.invalid'])
def test_a_wrong_proxy(db, receiver, host):
    """Where the proxy is not there, nothing goes past it."""
    proxy = f'http://{host}:{free_port()}'
    deliver_to(db, receiver.url, http_proxy=proxy)
    number = build(db)
    send(db)
    row = ping(db, number)
    assert (row.status, row.attempts) == ('built', 1)
    assert row.last_error.startswith(f'the proxy {proxy.removeprefix("http://")}') or 'no connection' in row.last_error
    assert receiver.requests == []


def test_a_receiver_that_is_not_behind_the_proxy(db, receiver):
    """A proxy that cannot reach the receiver answers in its place: that is no success."""
    with Tinyproxy() as proxy:
        deliver_to(db, f'http://127.0.0.1:{free_port()}/', http_proxy=proxy.url())
        number = build(db)
        send(db)
        assert ping(db, number).last_error == 'answered with status 500'
        deliver_to(db, receiver.url, http_proxy=proxy.url())
        make_due(db)
        send(db)
        assert state(db, number) == ('sent', 2, False)
