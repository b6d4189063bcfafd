"""Forwarding a backlog of events, against Snowplow's own tracker for Node sending the like to the same Nginx."""

import contextlib
import json
import subprocess

import harness
import peers

GOAL = 20_000

# The tracker is the faster the fuller its queue is, which drops events beyond 1,000; ten is its default buffer, and GitLab's.
QUEUE = 900
TEN = 10

DEFINITION = """
description: Something is opened
internal_events: true
action: opened
identifiers: [user, project, namespace]
additional_properties:
  label: {description: What is opened}
  value: {description: A number}
  key: {description: A custom property}
product_group: bench
milestone: "1.0"
introduced_by_url: https://git.example.com/1
tiers: [free]
"""

# A transaction each, as applications track events.
TRACK = """
DO $$
BEGIN
    FOR number IN 1 .. {events} LOOP
        PERFORM track_event('opened', user_id => number, project_id => number, namespace_id => number,
                            additional_properties => jsonb_build_object('label', 'label', 'value', number,
                                                                        'key', 'value'));
        COMMIT;
    END LOOP;
END
$$"""

# A body is at hand only where it is passed on, so that the requests go on to a second server, which answers.
SERVERS = """
    log_format whole escape=none '$status $request_body';
    upstream answering {{
        server unix:{folder}/answering;
        keepalive 16;
    }}
    server {{
        listen 127.0.0.1:{port};
        access_log {folder}/received whole;
        client_body_buffer_size 1m;
        client_body_in_single_buffer on;
        location / {{
            proxy_pass http://answering;
            proxy_http_version 1.1;
            proxy_set_header Connection '';
            proxy_set_header Content-Length '';
            proxy_pass_request_body off;
        }}
    }}
    server {{
        listen unix:{folder}/answering;
        access_log off;
        return 200;
    }}
"""


class Nginx(peers.Peer):
    """An Nginx that answers 200 to whatever is posted, and keeps it."""

    def _start(self):
        servers = SERVERS.format(folder=self.folder.path, port=self.port)
        text = peers.NGINX.format(folder=self.folder.path, servers=servers)
        self.folder.start('nginx', '-e', self.folder.path / 'error.log', '-c', self.folder.write('nginx.conf', text),
                          ready=self._listens)

    @property
    def url(self):
        """The address, without a path."""
        return f'http://127.0.0.1:{self.port}'

    @property
    def _log(self):
        return self.folder.path / 'received'

    def forget(self):
        """Empties the log of what came."""
        self._log.write_bytes(b'')

    def _ids(self):
        """The ids of all events that came, and how many bytes their bodies have."""
        ids, size = [], 0
        with open(self._log, encoding='utf-8') as log:
            for line in log:
                # Nginx is still writing it.
                if not line.endswith('\n'):
                    break
                status, body = line.rstrip('\n').split(' ', 1)
                if status != '200':
                    raise RuntimeError(f'nginx answered {status}')
                ids += [event['eid'] for event in json.loads(body)['data']]
                size += len(body.encode())
        return ids, size

    def check(self, events, expected=None):
        """Fails unless so many events came, each once, these ones if they are known; returns bytes an event."""
        ids, size = [], 0

        def are_there():
            """Says whether all have come: a line is written after its answer."""
            nonlocal ids, size
            ids, size = self._ids()
            return len(ids) >= events
        harness.private_cluster.wait_until(are_there, 10)
        if len(ids) != events or len(set(ids)) != events or expected not in (None, set(ids)):
            raise RuntimeError(f'{len(ids)} events came, {len(set(ids))} different ones, instead of {events}')
        return size / events


def forwarded(database, nginx, events, sizes):
    """A side that tracks events, forwards them, and returns events a second of forwarding."""
    def measure():
        database.psql('TRUNCATE internal_events.events')
        with contextlib.closing(harness.connect(database, synchronous_commit='off')) as connection:
            harness.seconds_of(connection, TRACK.format(events=events))
        database.psql('VACUUM ANALYZE internal_events.events')
        expected = set(database.psql('SELECT id FROM internal_events.events').splitlines())
        nginx.forget()
        settings = {'internal_events.snowplow_collector_url': nginx.url}
        with contextlib.closing(harness.connect(database, **settings)) as connection:
            seconds, _ = harness.seconds_of(connection, 'CALL internal_events.forward_events()')
        sizes['ours'] = nginx.check(events, expected)
        return events / seconds
    return measure


def tracked_by_node(nginx, events, sizes, in_flight):
    """A side that sends events by the tracker, some at a time, and returns events a second as it measures them."""
    def measure():
        nginx.forget()
        script = harness.CHECKOUT / 'test' / 'node' / 'bench.mjs'
        command = ['node', script, nginx.url, str(events), str(in_flight)]
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        sizes['peer'] = nginx.check(events)
        result = json.loads(ran.stdout)
        return result['events'] / result['seconds']
    return measure


def run(bench):
    """Measures and returns the rows."""
    events = bench.size(200_000, 10_000)
    sizes = {}
    subprocess.run([harness.CHECKOUT / 'scripts' / 'install-node-modules'], check=True)
    with bench.database('forwarding') as database, Nginx() as nginx:
        with contextlib.closing(harness.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute('SELECT internal_events.load_event_definition(%s)', [DEFINITION])
        found = bench.interleave('forwarding', 'ev/s', {
            'forward_events()': forwarded(database, nginx, events, sizes),
            'node-tracker': tracked_by_node(nginx, events, sizes, QUEUE),
            'node-tracker, tens': tracked_by_node(nginx, events // 10, sizes, TEN),
        })
    work = f'forwarding a backlog of {events:,} events'
    ours = found['forward_events()']
    return [
        harness.Row(work, 'Snowplow node-tracker, same Nginx', 'ev/s', ours, found['node-tracker'], '>= 5',
                    f'{sizes["ours"]:.0f} bytes an event against {sizes["peer"]:.0f}'),
        harness.Row(work, 'the same, ten at a time', 'ev/s', ours, found['node-tracker, tens'], '>= 5'),
        harness.Row(work, f'the goal of {GOAL:,} a second', 'ev/s', ours, GOAL, '>= 1'),
    ]
