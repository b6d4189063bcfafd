"""Fixtures of the tests that need a server."""

import pathlib
import signal
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
# What tests share is imported by its name, as are the clusters.
sys.path[:0] = [str(HERE / 'support'), str(HERE.parents[1] / 'scripts')]
pytest_plugins = ['selection']
pytest.register_assert_rewrite(*(path.stem for path in (HERE / 'support').glob('*.py')))

from cluster import Cluster, wait_until  # noqa: E402 pylint: disable=wrong-import-position
from collector import Collector  # noqa: E402 pylint: disable=wrong-import-position
from kept_sessions import KeptSessions  # noqa: E402 pylint: disable=wrong-import-position
from receiver import Receiver  # noqa: E402 pylint: disable=wrong-import-position
from redis_server import RedisServer  # noqa: E402 pylint: disable=wrong-import-position
from support import extension_folder, load_event, rollup  # noqa: E402 pylint: disable=wrong-import-position

Cluster.kept_sessions = KeptSessions
# Who runs the tests in the background may let them ignore Ctrl-C, and what they start would do so too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope='session')
def initialized():
    """A data directory as initdb makes it, which takes longer than a copy; only one cluster at a time begins with it."""
    made = Cluster(name='initialized', fsync=True)
    made.create()
    yield made.data
    made.close()


@pytest.fixture(scope='module')
def cluster(request, initialized):
    """A running private cluster; a module's CLUSTER, a dict, holds further arguments of class Cluster."""
    arguments = {'name': request.module.__name__, 'copied': initialized, **getattr(request.module, 'CLUSTER', {})}
    with Cluster(**arguments) as running:
        yield running


@pytest.fixture(scope='module')
def template(cluster):
    """The name of a database with the extension, to copy: quicker than to run its script for each test."""
    database = cluster.createdb('template_internal_events')
    database.psql('CREATE EXTENSION internal_events CASCADE')
    return database.name


@pytest.fixture(scope='module')
def roles(cluster, template):  # pylint: disable=unused-argument
    """Users of a module's cluster that are called by what they are members of: nobody, writer, reader and admin."""
    cluster.psql('''
        CREATE ROLE nobody LOGIN;
        CREATE ROLE writer LOGIN IN ROLE internal_events_writer;
        CREATE ROLE reader LOGIN IN ROLE internal_events_reader;
        CREATE ROLE admin LOGIN IN ROLE internal_events_admin''')


@pytest.fixture
def db(cluster, template):
    """A fresh database with the extension, dropped afterwards."""
    database = cluster.createdb('test', template)
    yield database
    cluster.psql('DROP DATABASE test WITH (FORCE)')


@pytest.fixture(scope='module')
def home(cluster, template):
    """The database of pg_cron, which has the extension too, with its jobs and an event."""
    database = cluster.createdb('home', template)
    database.psql('CREATE EXTENSION pg_cron; SELECT internal_events.schedule_jobs()')
    load_event(database, 'opened')
    assert rollup(database) == 0
    launcher = "SELECT FROM pg_stat_activity WHERE backend_type = 'pg_cron launcher'"
    assert wait_until(lambda: database.psql(f'SELECT EXISTS ({launcher})') == 't', 10)
    return database


@pytest.fixture
def fresh(db, home):
    """A database of which pg_cron does not know."""
    yield db
    home.psql("DELETE FROM cron.job WHERE database = 'test'")


@pytest.fixture
def here(fresh):
    """Another database, whose jobs something else than pg_cron runs; nothing in it needs a hand."""
    load_event(fresh, 'opened')
    assert rollup(fresh) == 0
    return fresh


@pytest.fixture
def install(cluster):
    """Returns a function that offers a script under a version's name to CREATE EXTENSION, until the test ends."""
    before = {}

    def offer(script, version):
        path = extension_folder(cluster) / f'internal_events--{version}.sql'
        before.setdefault(path, path.read_text() if path.exists() else None)
        path.write_text(script)
    yield offer
    for path, text in before.items():
        if text is None:
            path.unlink()
        else:
            path.write_text(text)


@pytest.fixture
def receiver():
    """A receiver of Service Pings that takes each with 201 until it is told otherwise."""
    with Receiver() as listening:
        yield listening


@pytest.fixture(scope='module')
def stand_in():
    """A stand-in collector for a module."""
    with Collector() as running:
        yield running


@pytest.fixture
def collector(stand_in):
    """The module's stand-in collector, empty and without faults."""
    stand_in.clear_faults()
    stand_in.reset()
    return stand_in


@pytest.fixture(scope='module')
def redis_server():
    """A Redis for a module."""
    with RedisServer() as running:
        yield running


@pytest.fixture
def redis(redis_server):
    """A connection to the module's Redis, which is empty."""
    connection = redis_server.connect()
    connection.call('FLUSHALL')
    yield connection
    connection.close()
