#!/usr/bin/python3
"""A private, throw-away PostgreSQL cluster, for tests and for the demo: a class to import and a command.

It has its own data directory and Unix socket, no TCP, and runs on the copy of PostgreSQL that
scripts/private-root makes. Called as root, its server runs as the user that Debian made for PostgreSQL.
"""

import argparse
import atexit
import contextlib
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent
CHECKOUT = SCRIPTS.parent
SERVER_USER = 'postgres'
# Not 5432: a client that lost PGHOST must fail, not reach a cluster that was there before.
PORT = '64320'

DEFAULTS = {
    # Far from UTC, so that a day computed in the session's time zone shows up as a wrong result.
    'TimeZone': 'America/New_York',
    'log_timezone': 'UTC',
    'log_line_prefix': '%m [%p] %q%d ',
    'max_prepared_transactions': '10',
}
# A heap of huge pages: on a virtual machine a page takes up to ten times as long to come by, and each session takes thousands.
HUGE_PAGES = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432:glibc.malloc.top_pad=8388608'
WITHOUT_FSYNC = {'fsync': 'off', 'full_page_writes': 'off'}


class ClusterError(RuntimeError):
    """A server program failed, or the server log shows that the server did."""


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP, raised where it struck; a KeyboardInterrupt, so that pytest too stops and cleans up."""


def raise_terminated(number, _frame):
    """Turns a signal that asks us to end into an exception, so that clusters are removed on the way out."""
    raise Terminated(number)


def drop_libpq_variables():
    """Removes libpq's variables (PGHOST, PGSERVICE, PGOPTIONS ...) from our environment, which children inherit."""
    for name in list(os.environ):
        if name.startswith('PG') and not name.startswith('PG_') and name != 'PGXS':
            del os.environ[name]


def account():
    """Returns the passwd entry of the user that servers run as."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        raise ClusterError(f'there is no user {SERVER_USER} to run the server as; '
                           'run `make packages` first') from None


def private_bin():
    """Returns the folder of the private server programs, made first if need be."""
    made = subprocess.run([SCRIPTS / 'private-root'], stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode != 0:
        raise ClusterError('scripts/private-root failed')
    return pathlib.Path(made.stdout.strip())


def clusters_folder():
    """Returns the folder of all clusters of this checkout: beside the private root, where the server can reach it."""
    folder = pathlib.Path(os.path.realpath(CHECKOUT / 'build' / 'root')).parent / 'clusters'
    folder.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, account().pw_uid, account().pw_gid)
    return folder


def alive(pid):
    """Says whether a process runs; one that ended and was not reaped yet does not."""
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] not in 'ZX'
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition, seconds):
    """Polls until the condition holds and says whether it did in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


class Database:
    """One database of a cluster."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name

    def psql(self, sql, role='postgres', check=True):
        """Runs SQL as `Cluster.psql` does."""
        return self.cluster.psql(sql, db=self.name, role=role, check=check)

    def connect(self, **kw):
        """Returns a new psycopg2 connection."""
        return self.cluster.connect(dbname=self.name, **kw)

    def dsn(self):
        """Returns libpq's connection string."""
        return self.cluster.dsn(self.name)


class Cluster:
    """A PostgreSQL cluster that exists until `close`, the end of a `with` block, or the end of the program.

    conf: settings for postgresql.conf. fsync: on costs time and is for crash tests. expect_crash: the test kills
    server processes with SIGKILL. A PANIC, a failed assertion or any other signal is never expected. copied: a data
    directory to begin with; clusters that meet must not be copies of one, as they have its system identifier.
    """

    # What answers queries in place of processes of psql, where there is such a thing: test/server/support/kept_sessions.py.
    kept_sessions = None

    def __init__(self, conf=None, fsync=False, name='cluster', expect_crash=False, primary=None, directory=None, copied=None):
        drop_libpq_variables()
        self.conf = {**DEFAULTS, **({} if fsync else WITHOUT_FSYNC), **(conf or {})}
        self.name = name
        self.expect_crash = expect_crash
        self.primary = primary
        self.copied = copied
        self.bindir = private_bin()
        self.port = PORT
        self.directory = directory
        self._server = None
        self._killed = False
        self.kept = self.kept_sessions(self) if self.kept_sessions else None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close(check=False)
            raise
        return self

    def __exit__(self, kind, error, trace):
        self.close(check=kind is None)

    @property
    def data(self):
        """The data directory."""
        return self.directory / 'data'

    @property
    def log_file(self):
        """The server log."""
        return self.directory / 'server.log'

    @property
    def socket(self):
        """The folder of the server's socket; short, because a socket's path is limited to 107 bytes."""
        return pathlib.Path((self.directory / 'socket').read_text())

    @property
    def env(self):
        """libpq's variables that lead to this cluster."""
        return {'PGHOST': str(self.socket), 'PGPORT': self.port, 'PGUSER': 'postgres', 'PGDATABASE': 'postgres'}

    @property
    def pid(self):
        """The process id of the running postmaster, or None."""
        try:
            pid = int((self.data / 'postmaster.pid').read_text().split()[0])
            # The file may be stale and its number somebody else's by now; a postmaster works in its data directory.
            if alive(pid) and os.readlink(f'/proc/{pid}/cwd') == os.path.realpath(self.data):
                return pid
        except (OSError, ValueError, IndexError):
            pass
        return None

    def bin(self, name):
        """Returns the path of a server program."""
        return str(self.bindir / name)

    def _as_server(self):
        """Returns the arguments of subprocess that run a program as the server's user and with nothing of our environment."""
        entry = account()
        who = {} if os.geteuid() != 0 else {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}
        return {**who, 'cwd': '/', 'stdin': subprocess.DEVNULL,
                'env': {'PATH': f'{self.bindir}:/usr/bin:/bin', 'LANG': 'C.UTF-8', 'HOME': str(self.directory),
                        'GLIBC_TUNABLES': HUGE_PAGES}}

    def create(self):
        """Makes the folder with the data directory in it, without starting a server."""
        self._sweep()
        if self.directory is None:
            # The process id tells `_sweep` whose it is.
            self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f'{self.name}.{os.getpid()}.', dir=clusters_folder()))
        else:
            self.directory.mkdir(mode=0o700)
        self._give(self.directory)
        if self.primary:
            command = [self.bin('pg_basebackup'), '-D', self.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync', '-d',
                       self.primary.dsn()]
        elif self.copied:
            command = ['cp', '-a', self.copied, self.data]
        else:
            command = [self.bin('initdb'), '-D', self.data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--auth=trust',
                       '--no-sync']
        made = subprocess.run(command, **self._as_server(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        if made.returncode != 0:
            raise ClusterError(f'{command[0]} failed:\n{made.stdout}')
        self.configure(**self.conf)

    def _give(self, path):
        """Makes the server's user the owner of a file or folder."""
        if os.geteuid() == 0:
            os.chown(path, account().pw_uid, account().pw_gid)

    def configure(self, **settings):
        """Appends settings to postgresql.conf; they count from the next start or reload."""
        with open(self.data / 'postgresql.conf', 'a', encoding='utf-8') as file:
            for name, value in settings.items():
                quoted = str(value).replace("'", "''")
                file.write(f"{name} = '{quoted}'\n")

    def start(self, seconds=120):
        """Starts the server, after making its data directory if there is none, and waits until it accepts connections."""
        self._catch_signals()
        atexit.register(self.close)
        if self.directory is None or not self.data.exists():
            self.create()
        if self.pid:
            raise ClusterError(f'cluster {self.name} runs already')
        if not (self.directory / 'socket').exists():
            # Closed to others, as the server trusts whoever reaches it.
            folder = tempfile.mkdtemp(prefix='ie-', dir='/tmp')
            self._give(folder)
            (self.directory / 'socket').write_text(folder)
        with open(self.log_file, 'ab') as log:
            self._give(self.log_file)
            # On the command line, where no test's setting can change them. pg_cron is a client of its own server.
            command = [self.bin('postgres'), '-D', self.data, '-h', '', '-k', self.socket, '-p', self.port,
                       '-c', f'cron.host={self.socket}']
            # A session of its own: Ctrl-C is for us, and we stop the server.
            self._server = subprocess.Popen(command, **self._as_server(), stdout=log, stderr=log,
                                            start_new_session=True)
        self._killed = False
        if not wait_until(lambda: self._server.poll() is not None or self._ready(), seconds) or not self._ready():
            raise ClusterError(f'cluster {self.name} did not start:\n{self.log_text()[-4000:]}')

    def _ready(self):
        """Says whether the server that we started accepts connections."""
        try:
            lines = (self.data / 'postmaster.pid').read_text().splitlines()
            return int(lines[0]) == self._server.pid and lines[7].strip() == 'ready'
        except (FileNotFoundError, IndexError, ValueError):
            return False

    def stop(self, mode='fast', seconds=60):
        """Stops the server if it runs: 'smart', 'fast' or 'immediate'."""
        pid = self.pid
        if not pid:
            return
        if self.kept:
            self.kept.close()
        if mode != 'immediate':
            # Seen with PostgreSQL 17: a fast stop that meets the recovery after a crash never ends. Let that end first.
            wait_until(lambda: not self._refuses_connections(), seconds)
        children = self.backends()
        os.kill(pid, {'smart': signal.SIGTERM, 'fast': signal.SIGINT, 'immediate': signal.SIGQUIT}[mode])
        if not self._wait_for_end(pid, children, seconds):
            raise ClusterError(f'cluster {self.name} did not stop in {seconds} s (mode {mode})')

    def _refuses_connections(self):
        """Says whether the server runs but lets nobody in, as while it recovers."""
        asked = subprocess.run([self.bin('pg_isready'), '-q', '-d', self.dsn()], check=False)
        return asked.returncode == 1

    def restart(self, mode='fast'):
        """Stops and starts the server."""
        self.stop(mode)
        self.start()

    def kill_postmaster(self, patience=5):
        """Kills the postmaster with SIGKILL and waits for its children; those that go on computing are killed after a while."""
        pid = self.pid
        if not pid:
            raise ClusterError(f'cluster {self.name} does not run')
        children = self.backends()
        os.kill(pid, signal.SIGKILL)
        self._killed = True
        if not self._wait_for_end(pid, children, patience):
            for child in filter(alive, children):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            if not self._wait_for_end(pid, children, 10):
                raise ClusterError(f'processes of cluster {self.name} survived SIGKILL')

    def _wait_for_end(self, pid, children, seconds):
        """Waits for a postmaster and its children to end and says whether they did."""
        # Reaped, if it is our child: a next postmaster takes the lock file of a zombie for that of a living one.
        ours = self._server is not None and self._server.pid == pid
        return wait_until(lambda: (self._server.poll() is not None if ours else not alive(pid))
                          and not any(map(alive, children)), seconds)

    def backends(self):
        """Returns the children of the postmaster, backends and auxiliary processes: {process id: title}."""
        pid = self.pid
        found = {}
        for stat in pathlib.Path('/proc').glob('[0-9]*/stat') if pid else ():
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(')')[2].split()[1]) == pid:
                    title = (stat.parent / 'cmdline').read_bytes()
                    found[int(stat.parent.name)] = title.replace(b'\0', b' ').decode(errors='replace').strip()
        return found

    def dsn(self, dbname='postgres'):
        """Returns libpq's connection string of a database."""
        return f'host={self.socket} port={self.port} user=postgres dbname={dbname}'

    def connect(self, **kw):
        """Returns a new psycopg2 connection, by default to database postgres as postgres."""
        import psycopg2  # pylint: disable=import-outside-toplevel
        return psycopg2.connect(**{'host': str(self.socket), 'port': self.port, 'user': 'postgres',
                                   'dbname': 'postgres', **kw})

    def psql(self, sql, db='postgres', role='postgres', check=True):
        """Runs SQL with psql and returns its output.

        With check the first error ends it and raises; without, it goes on, and the server's messages (errors,
        warnings, notices) follow the output.
        """
        if self.kept:
            answer = self.kept.answer(sql, db, role) if check else self.kept.close()
            if answer is not None:
                return answer
        ran = subprocess.run([self.bin('psql'), '-XAtq', '-v', f'ON_ERROR_STOP={int(check)}', '-d', db, '-U', role],
                             env={**os.environ, **self.env}, input=sql, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, check=False)
        if check and ran.returncode != 0:
            raise ClusterError(f'psql failed: {ran.stderr.strip()}')
        return (ran.stdout if check else ran.stdout + ran.stderr).rstrip('\n')

    def createdb(self, name, template=None):
        """Makes a database and returns it."""
        like = f' TEMPLATE "{template}"' if template else ''
        # Without fsync that is quicker, also with the checkpoints that it takes; from PostgreSQL 15 on it has to be asked for.
        if template and int(self.bindir.parent.name) >= 15:
            like += ' STRATEGY file_copy'
        self.psql(f'CREATE DATABASE "{name}"{like}')
        return Database(self, name)

    def standby(self, **kw):
        """Returns a hot standby of this cluster, not started yet: use it in a `with` block."""
        return Cluster(**{'name': f'{self.name}-standby', **kw, 'primary': self})

    def share(self, path):
        """Copies a file or folder to where the server's user can read it, whatever the checkout's permissions; returns the copy."""
        path = pathlib.Path(path).resolve()
        copy = self.directory / 'files' / path.name
        copy.parent.mkdir(exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, copy, dirs_exist_ok=True)
        else:
            shutil.copy(path, copy)
        subprocess.run(['chmod', '-R', 'a+rX', copy.parent], check=True)
        return copy

    def log_text(self):
        """Returns the server log."""
        return self.log_file.read_text(errors='replace') if self.directory and self.log_file.exists() else ''

    def crashes(self):
        """Returns the lines of the server log that show an unexpected crash."""
        def bad(line):
            ended = re.search(r'terminated by signal (\d+)', line)
            if ended and self.expect_crash:
                return int(ended[1]) != signal.SIGKILL
            return ended or 'PANIC:' in line or 'TRAP:' in line
        return [line for line in self.log_text().splitlines() if bad(line)]

    def close(self, check=True):
        """Stops and removes the cluster; raises if its log shows an unexpected crash, or only prints that if not `check`."""
        atexit.unregister(self.close)
        if self.directory is None or not self.directory.exists():
            return
        problem = None
        try:
            if self._killed:
                # The next start frees the shared memory that a killed server left.
                self.start()
            self.stop()
        except ClusterError as error:
            problem = str(error)
            with contextlib.suppress(ClusterError):
                self.stop('immediate')
        crashes = self.crashes()
        saved = self._save_log()
        self._remove()
        if crashes:
            problem = '\n'.join(filter(None, [problem, f'the server of cluster {self.name} crashed:', *crashes,
                                              f'the whole log is in {saved}']))
        if problem and check:
            raise ClusterError(problem)
        if problem:
            print(problem, file=sys.stderr)

    def _save_log(self):
        """Keeps the log of the last cluster of this name for whoever looks for the cause of a failure."""
        saved = CHECKOUT / 'build' / 'log' / f'{self.name}.log'
        saved.parent.mkdir(exist_ok=True)
        saved.write_text(self.log_text())
        return saved

    def _remove(self):
        """Removes every file of a stopped cluster."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.socket, ignore_errors=True)
        shutil.rmtree(self.directory, ignore_errors=True)

    def keep(self):
        """Leaves the cluster behind, running or not, when this program ends."""
        atexit.unregister(self.close)

    @staticmethod
    def _catch_signals():
        """Makes SIGTERM and SIGHUP end the program through the clean-up, as Ctrl-C does."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) == signal.SIG_DFL:
                    signal.signal(number, raise_terminated)

    @staticmethod
    def _sweep():
        """Removes what programs left that were killed before they could remove their clusters."""
        for folder in clusters_folder().iterdir():
            owner = re.fullmatch(r'.*\.(\d+)\.\w+', folder.name)
            if owner and not alive(int(owner[1])):
                left = Cluster.at(folder)
                with contextlib.suppress(ClusterError, PermissionError):
                    left.stop('immediate')
                    left._remove()

    @staticmethod
    def at(folder):
        """Returns the cluster in a folder, or one that `start` would make there."""
        return Cluster(directory=folder, name=folder.name)

    def how_to_connect(self):
        """Returns the psql command for this cluster."""
        return f'{self.bin("psql")} -h {self.socket} -p {self.port} -U postgres postgres'


def settings(words):
    """Returns the settings given as k=v, or ends the program."""
    bad = [word for word in words if '=' not in word]
    if bad:
        sys.exit(f'cluster.py: --conf takes name=value, not {bad[0]}')
    return dict(word.split('=', 1) for word in words)


def run(options):
    """Runs a command with a fresh cluster and returns its exit status."""
    folder = clusters_folder() / options.name if options.keep else None
    if folder and folder.exists():
        sys.exit(f'cluster.py: there is a cluster {options.name}; remove it with: cluster.py stop --name {options.name}')
    cluster = Cluster(conf=settings(options.conf), fsync=options.fsync, name=options.name, directory=folder)
    try:
        cluster.start()
        shared = [cluster.share(path) for path in options.share]
        environment = {**os.environ, **cluster.env, 'PATH': f'{cluster.bindir}:{os.environ["PATH"]}'}
        if shared:
            environment['CLUSTER_FILES'] = str(shared[0].parent)
        with subprocess.Popen(options.command, env=environment) as child:
            try:
                ended = child.wait()
            except KeyboardInterrupt:
                child.terminate()
                child.wait()
                raise
    except BaseException:
        cluster.close(check=False)
        raise
    if options.keep:
        cluster.keep()
        say_where(cluster)
    else:
        cluster.close()
    return 128 - ended if ended < 0 else ended


def say_where(cluster):
    """Prints how to use and how to remove a cluster that stays."""
    print(f'Cluster {cluster.name} runs. Connect with:\n  {cluster.how_to_connect()}\n'
          f'Remove it with:\n  {SCRIPTS}/cluster.py stop --name {cluster.name}')


def plain_name(word):
    """Refuses a cluster name that would lead out of the clusters' folder."""
    if not re.fullmatch(r'[A-Za-z0-9_-]+', word):
        raise argparse.ArgumentTypeError('letters, digits, - and _ only')
    return word


def start(options):
    """Starts a cluster that outlives this command, making it if there is none of that name."""
    folder = clusters_folder() / options.name
    cluster = Cluster(conf=settings(options.conf), fsync=options.fsync, name=options.name, directory=folder)
    if not cluster.pid:
        try:
            cluster.start()
        except BaseException:
            cluster.close(check=False)
            raise
        cluster.keep()
    say_where(cluster)
    return 0


def stop(options):
    """Stops a cluster and removes it, unless it is to be kept for a later start; that there is none is no failure."""
    folder = clusters_folder() / options.name
    if not folder.exists():
        return 0
    cluster = Cluster.at(folder)
    if options.keep:
        cluster.stop()
        shutil.rmtree(cluster.socket, ignore_errors=True)
        (folder / 'socket').unlink()
    else:
        cluster.close()
    return 0


def status(_options):
    """Lists the clusters of this checkout."""
    for folder in sorted(clusters_folder().iterdir()):
        cluster = Cluster.at(folder)
        pid = cluster.pid
        print(f'{folder.name}: running as process {pid}; connect: {cluster.how_to_connect()}' if pid
              else f'{folder.name}: stopped')
    return 0


def main():
    """Runs the command line."""
    parser = argparse.ArgumentParser(description='Private, throw-away PostgreSQL clusters.')
    actions = parser.add_subparsers(required=True, metavar='action')
    run_parser = actions.add_parser('run', help='run a command with a fresh cluster and exit with its status',
                                    description='Runs a command with PGHOST, PGPORT, PGUSER and PGDATABASE set to a '
                                    'fresh cluster and its programs first in PATH, then removes the cluster. Fails '
                                    'if the server crashed, whatever the command says.')
    start_parser = actions.add_parser('start', help='start a cluster and leave it running',
                                      description='Starts the named cluster, making it if there is none, and says '
                                      'how to connect.')
    stop_parser = actions.add_parser('stop', help='stop and remove a cluster',
                                     description='Stops the named cluster and removes it. No failure if there is none.')
    status_parser = actions.add_parser('status', help='list the clusters of this checkout',
                                       description='Lists the clusters of this checkout.')
    for one in (run_parser, start_parser):
        one.add_argument('--conf', action='append', default=[], metavar='NAME=VALUE', help='a server setting')
        one.add_argument('--fsync', action='store_true', help='leave fsync on')
    run_parser.add_argument('--name', type=plain_name, default='run', help='shown in paths and messages')
    run_parser.add_argument('--keep', action='store_true', help='leave the cluster running afterwards')
    run_parser.add_argument('--share', action='append', default=[], metavar='PATH',
                            help='copy a file or folder to $CLUSTER_FILES, where the server can read it')
    run_parser.add_argument('command', nargs='+', metavar='command', help='the command, after --')
    for one in (start_parser, stop_parser):
        one.add_argument('--name', type=plain_name, required=True, help='of the cluster')
    stop_parser.add_argument('--keep', action='store_true', help='only stop it; start brings it back')
    for one, action in ((run_parser, run), (start_parser, start), (stop_parser, stop), (status_parser, status)):
        one.set_defaults(action=action)
    options = parser.parse_args()
    try:
        return options.action(options)
    except (ClusterError, OSError) as error:
        print(f'cluster.py: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt as interrupt:
        return 128 + (interrupt.args[0] if isinstance(interrupt, Terminated) else signal.SIGINT)


if __name__ == '__main__':
    sys.exit(main())
