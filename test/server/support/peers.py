"""The real peers that Service Pings are sent through, and a real Prometheus.

Each listens on a free port of 127.0.0.1, works in a folder of its own, and is stopped and removed at the end of its
`with` block.
"""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.request

from cluster import account, wait_until
from ports import free_port

SECONDS_TO_START = 30


class Folder:
    """A folder that the server's user owns, and a program that runs there as that user."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix='ie-peer-', dir='/tmp'))
        self._process = None
        self._give(self.path)

    @staticmethod
    def _give(path):
        if os.geteuid() == 0:
            os.chown(path, account().pw_uid, account().pw_gid)

    def write(self, name, text):
        """Writes a file that the program can read, and returns its path."""
        path = self.path / name
        path.write_text(text)
        self._give(path)
        return path

    def _as_server(self):
        entry = account()
        who = {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []} if os.geteuid() == 0 else {}
        return {**who, 'cwd': self.path, 'stdin': subprocess.DEVNULL, 'env': {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin'}}

    def run(self, *command):
        """Runs a program to its end."""
        ran = subprocess.run(command, **self._as_server(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             check=False)
        assert ran.returncode == 0, f'{command}: {ran.stdout}'

    def start(self, *command, ready):
        """Starts a program and waits until it is ready."""
        with open(self.path / 'output', 'wb') as output:
            self._process = subprocess.Popen(command, **self._as_server(), stdout=output, stderr=output)
        started = wait_until(lambda: self._process.poll() is not None or ready(), SECONDS_TO_START)
        assert started and self._process.poll() is None, (self.path / 'output').read_text()

    def remove(self):
        """Stops the program, if one runs, and removes the folder."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(SECONDS_TO_START)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.path, ignore_errors=True)


class Peer:
    """A program of Debian in a folder and on ports of its own; `_start` says how it is started."""

    def __init__(self):
        self.folder = None
        self.port = free_port()

    def __enter__(self):
        self.folder = Folder()
        try:
            self._start()
        except BaseException:
            self.folder.remove()
            raise
        return self

    def __exit__(self, kind, error, trace):
        self.folder.remove()

    def _start(self):
        raise NotImplementedError

    def _listens(self):
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', self.port), 1):
            return True
        return False


AUTHORITY = '''
[ca]
default_ca = ours
[ours]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
'''
KEY = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')


class Authority:
    """A certificate authority made by openssl, for as long as the `with` block."""

    def __init__(self):
        self._folder = None

    def __enter__(self):
        self._folder = Folder()
        self._folder.write('openssl.cnf', AUTHORITY)
        self._folder.write('index', '')
        self._folder.run('openssl', 'req', '-x509', *KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2',
                         '-subj', '/CN=Authority of a test')
        return self

    def __exit__(self, kind, error, trace):
        self._folder.remove()

    @property
    def file(self):
        """The certificate to trust."""
        return self._folder.path / 'ca.pem'

    def certificate(self, name, names='DNS:localhost,IP:127.0.0.1', begin='20200101000000Z', end='20991231235959Z'):
        """Makes a certificate for these names; returns it and its key."""
        files = [self._folder.path / f'{name}.{kind}' for kind in ('pem', 'key', 'csr')]
        self._folder.run('openssl', 'req', *KEY, '-keyout', files[1], '-out', files[2], '-subj', f'/CN={name}',
                         '-addext', f'subjectAltName={names}')
        self._folder.run('openssl', 'ca', '-batch', '-config', 'openssl.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key',
                         '-in', files[2], '-out', files[0], '-startdate', begin, '-enddate', end, '-notext')
        return files[0], files[1]


NGINX = '''
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
'''
NGINX_SERVER = '''
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location / {{ proxy_pass {target}; }}
    }}
'''


class Nginx(Peer):
    """An Nginx that speaks TLS on a port for each of some certificates, and passes requests on to a receiver."""

    def __init__(self, receiver, certificates):
        super().__init__()
        self._certificates = certificates
        self._target = f'http://127.0.0.1:{receiver.port}'
        self.ports = {name: free_port() for name in certificates}
        self.port = next(iter(self.ports.values()))

    def _start(self):
        servers = [NGINX_SERVER.format(port=self.ports[name], certificate=certificate, key=key, target=self._target)
                   for name, (certificate, key) in self._certificates.items()]
        text = NGINX.format(folder=self.folder.path, servers=''.join(servers))
        self.folder.start('nginx', '-e', self.folder.path / 'error.log', '-c', self.folder.write('nginx.conf', text),
                          ready=self._listens)

    def url(self, name, host='localhost'):
        """Where pings are to go that shall see this certificate."""
        return f'https://{host}:{self.ports[name]}/service_ping'


TINYPROXY = '''
Port {port}
Listen 127.0.0.1
Timeout 60
LogFile "{folder}/log"
PidFile "{folder}/pid"
LogLevel Connect
MaxClients 20
Allow 127.0.0.1
{more}
'''


class Tinyproxy(Peer):
    """A proxy; user: the name and password that it asks for."""

    def __init__(self, user=None):
        super().__init__()
        self._user = user

    def _start(self):
        more = f'BasicAuth {self._user[0]} {self._user[1]}' if self._user else ''
        text = TINYPROXY.format(port=self.port, folder=self.folder.path, more=more)
        self.folder.start('tinyproxy', '-d', '-c', self.folder.write('tinyproxy.conf', text), ready=self._listens)

    def url(self, user=''):
        """The address of the proxy, with `name:password@` where that is given."""
        return f'http://{user}127.0.0.1:{self.port}'

    def log_text(self):
        """Returns what it noted of the requests that it saw."""
        return (self.folder.path / 'log').read_text()


PROMETHEUS = '''
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: itself
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
'''


class Prometheus(Peer):
    """A Prometheus that watches itself."""

    @property
    def url(self):
        """The setting prometheus_url."""
        return f'http://127.0.0.1:{self.port}'

    def _start(self):
        text = PROMETHEUS.format(port=self.port)
        self.folder.start('prometheus', f'--config.file={self.folder.write("prometheus.yml", text)}',
                          f'--storage.tsdb.path={self.folder.path}/data', f'--web.listen-address=127.0.0.1:{self.port}',
                          ready=self._has_scraped)

    def _has_scraped(self):
        with contextlib.suppress(OSError, ValueError):
            # Whatever proxy our own environment names.
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with direct.open(f'{self.url}/api/v1/query?query=up', timeout=5) as page:
                return [sample['value'][1] for sample in json.load(page)['data']['result']] == ['1']
        return False
