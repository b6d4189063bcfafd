"""The private clusters that the other tests rely on."""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

from cluster import SCRIPTS, Cluster, ClusterError, alive, wait_until

CLI = SCRIPTS / 'cluster.py'
TCP_LISTENS = '0A'

# A program for the tests to end by a signal; it notes what it made.
HOLD_A_CLUSTER = '''
import signal, sys, time
sys.path.insert(0, sys.argv[1])
from cluster import Cluster
signal.signal(signal.SIGINT, signal.default_int_handler)
with Cluster(name='held') as c, open(sys.argv[2], 'w', buffering=1) as noted:
    print(c.directory, c.socket, c.pid, file=noted)
    time.sleep(60)
'''


def listening_inodes():
    """Returns the inodes of all TCP sockets that listen."""
    inodes = set()
    for table in ('tcp', 'tcp6'):
        path = pathlib.Path('/proc/net', table)
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            fields = line.split()
            if fields[3] == TCP_LISTENS:
                inodes.add(fields[9])
    return inodes


def open_sockets(pid):
    """Returns the inodes of the sockets that a process has open."""
    links = (os.readlink(file) for file in pathlib.Path(f'/proc/{pid}/fd').iterdir())
    return {link[8:-1] for link in links if link.startswith('socket:[')}


def test_runs_as_described(cluster):
    shown = cluster.psql("SELECT current_user, current_setting('TimeZone'), current_setting('data_directory'), "
                         "getdatabaseencoding(), current_setting('fsync')")
    assert shown == f'postgres|America/New_York|{cluster.data}|UTF8|off'
    if os.geteuid() == 0:
        assert os.stat(f'/proc/{cluster.pid}').st_uid != 0


def test_nothing_listens_on_tcp(cluster):
    assert cluster.psql('SHOW listen_addresses') == ''
    assert open_sockets(cluster.pid), 'not even the Unix socket was found: this test looks in the wrong place'
    assert not open_sockets(cluster.pid) & listening_inodes()


def test_socket_is_closed_to_other_users(cluster):
    assert cluster.socket.stat().st_mode & 0o077 == 0


def test_environment_does_not_leak(monkeypatch):
    monkeypatch.setenv('PGHOST', '/nowhere')
    monkeypatch.setenv('PGSERVICE', 'nobody')
    monkeypatch.setenv('PGDATA', '/nowhere')
    monkeypatch.setenv('PGOPTIONS', '-c work_mem=1MB')
    with Cluster(name='environment') as cluster:
        assert cluster.psql('SHOW work_mem') == '4MB'
        with cluster.connect() as connection, connection.cursor() as cursor:
            cursor.execute('SHOW work_mem')
            assert cursor.fetchone() == ('4MB',)
        connection.close()


def test_other_extensions_are_there(cluster):
    database = cluster.createdb('others')
    database.psql('CREATE EXTENSION hll; CREATE EXTENSION pgtap')
    assert database.psql('SELECT hll_cardinality(hll_add(hll_empty(), hll_hash_integer(7)))') == '1'


def test_server_programs_run(cluster):
    for program in ('pg_dump', 'psql', 'pgbench', 'pg_ctl', 'pg_dumpall', 'initdb', 'postgres'):
        ran = subprocess.run([cluster.bin(program), '--version'], stdout=subprocess.PIPE, text=True, check=True)
        assert 'PostgreSQL' in ran.stdout


def test_psql_reports_errors_and_warnings(cluster):
    with pytest.raises(ClusterError, match='division by zero'):
        cluster.psql('SELECT 1/0')
    assert 'division by zero' in cluster.psql('SELECT 1/0', check=False)
    assert 'WARNING' in cluster.psql('ROLLBACK', check=False)


def test_survives_a_killed_postmaster():
    with Cluster(name='killed', fsync=True) as cluster:
        cluster.psql('CREATE TABLE kept AS SELECT 1 AS a')
        busy = cluster.connect()
        busy.cursor().execute('SELECT 1')
        postmaster, children = cluster.pid, cluster.backends()
        assert len(children) > 1
        cluster.kill_postmaster()
        assert cluster.pid is None
        assert not any(map(alive, [postmaster, *children]))
        assert (cluster.data / 'postmaster.pid').exists()
        cluster.start()
        assert cluster.psql('SELECT a FROM kept') == '1'
        assert 'was not properly shut down' in cluster.log_text()


def test_kills_children_that_ignore_the_postmaster_death():
    with Cluster(name='computing') as cluster:
        busy = subprocess.Popen([cluster.bin('psql'), '-XAtqc', 'SELECT sum(a) FROM generate_series(1, 10000000000) a'],
                                env={**os.environ, **cluster.env}, stderr=subprocess.DEVNULL)
        assert wait_until(lambda: any('SELECT' in title for title in cluster.backends().values()), 10)
        children = cluster.backends()
        cluster.kill_postmaster(patience=1)
        assert not any(map(alive, children))
        busy.wait(timeout=10)
        cluster.restart()


def test_a_crash_fails_unless_expected():
    def kill_a_backend(cluster, number):
        victim = cluster.connect()
        os.kill(victim.info.backend_pid, number)
        assert wait_until(lambda: 'terminated by signal' in cluster.log_text(), 10)
        assert wait_until(lambda: 'ready to accept connections' in cluster.log_text().rpartition('terminated by')[2], 10)

    with Cluster(name='expected', expect_crash=True) as cluster:
        kill_a_backend(cluster, signal.SIGKILL)
    with pytest.raises(ClusterError, match='terminated by signal 9'):
        with Cluster(name='unexpected') as cluster:
            kill_a_backend(cluster, signal.SIGKILL)
    with pytest.raises(ClusterError, match='terminated by signal 11'):
        with Cluster(name='segfault', expect_crash=True) as cluster:
            kill_a_backend(cluster, signal.SIGSEGV)


@pytest.mark.parametrize('stop', [None, 'fast', 'immediate', 'kill'])
def test_nothing_remains(stop):
    with Cluster(name='gone') as cluster:
        folder, socket, pids = cluster.directory, cluster.socket, [cluster.pid, *cluster.backends()]
        if stop == 'kill':
            cluster.kill_postmaster()
        elif stop:
            cluster.stop(stop)
    assert not folder.exists()
    assert not socket.exists()
    assert not any(map(alive, pids))


def test_nothing_remains_after_an_exception():
    with pytest.raises(ZeroDivisionError):
        with Cluster(name='exception') as cluster:
            folder, pid = cluster.directory, cluster.pid
            raise ZeroDivisionError
    assert not folder.exists()
    assert not alive(pid)


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_remains_after_a_signal(number, tmp_path):
    noted = tmp_path / 'noted'
    program = [sys.executable, '-c', HOLD_A_CLUSTER, SCRIPTS, noted]
    with subprocess.Popen(program, stderr=subprocess.DEVNULL) as holder:
        assert wait_until(lambda: noted.exists() and noted.read_text().endswith('\n'), 20)
        holder.send_signal(number)
        assert holder.wait(timeout=20) != 0
    folder, socket, pid = noted.read_text().split()
    if number == signal.SIGKILL:
        # Nobody can clean up after that but the next one to come.
        with Cluster(name='next'):
            pass
    assert not os.path.exists(folder)
    assert not os.path.exists(socket)
    assert not alive(int(pid))


def test_a_standby_follows(cluster):
    cluster.psql('CREATE TABLE followed (a int)')
    with cluster.standby() as standby:
        assert standby.psql('SELECT pg_is_in_recovery()') == 't'
        cluster.psql('INSERT INTO followed VALUES (1)')
        assert wait_until(lambda: standby.psql('SELECT count(*) FROM followed') == '1', 10)


def test_pg_cron_can_connect():
    # Its default host is localhost, where nothing listens. The first job would come due only after a minute.
    with Cluster(name='cron', conf={'shared_preload_libraries': 'pg_cron'}) as cluster:
        cluster.psql('CREATE EXTENSION pg_cron')
        assert cluster.psql('SHOW cron.host') == str(cluster.socket)


def test_shared_files_are_readable_by_the_server(cluster, tmp_path):
    folder = tmp_path / 'definitions'
    folder.mkdir(mode=0o700)
    (folder / 'one.yml').write_text('one')
    copy = cluster.share(folder)
    assert cluster.psql(f"SELECT pg_read_file('{copy}/one.yml')") == 'one'


def command(*words):
    """Runs the command line and returns what it printed and its status."""
    ran = subprocess.run([CLI, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return ran.stdout, ran.returncode


def test_run_passes_the_exit_status_on():
    assert command('run', '--', 'bash', '-c', 'psql -XAtc "SELECT 42" && exit 7') == ('42\n', 7)
    assert command('run', '--conf', 'work_mem=3MB', '--', 'psql', '-XAtc', 'SHOW work_mem') == ('3MB\n', 0)


def test_run_fails_when_the_server_crashed():
    kill = '''
        psql -XAtqc 'SELECT pg_sleep(30)' &
        victim="SELECT pid FROM pg_stat_activity WHERE query LIKE '%sleep(30)' AND pid <> pg_backend_pid()"
        until pid=$(psql -XAtc "$victim") && [[ -n $pid ]]; do sleep 0.1; done
        kill -9 "$pid"
        wait
        true
    '''
    output, status = command('run', '--', 'bash', '-c', kill)
    assert status == 1
    assert 'terminated by signal 9' in output


def test_named_clusters_stay_until_they_are_stopped():
    name = f'named-{os.getpid()}'
    try:
        output, status = command('start', '--name', name)
        assert status == 0
        connect = next(line for line in output.splitlines() if ' -h ' in line).split()
        assert subprocess.run([*connect, '-XAtqc', 'CREATE TABLE kept ()'], check=True).returncode == 0
        assert f'{name}: running' in command('status')[0]
        assert command('stop', '--name', name, '--keep')[1] == 0
        assert f'{name}: stopped' in command('status')[0]
        output, _ = command('start', '--name', name)
        connect = next(line for line in output.splitlines() if ' -h ' in line).split()
        assert subprocess.run([*connect, '-XAtqc', 'TABLE kept'], check=True).returncode == 0
    finally:
        assert command('stop', '--name', name)[1] == 0
    assert name not in command('status')[0]
    assert command('stop', '--name', name)[1] == 0
    assert command('stop', '--name', '..')[1] == 2
