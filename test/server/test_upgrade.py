"""A database that was upgraded from any released version has the very objects of a fresh installation."""

import gzip
import pathlib
import re

import pytest

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
CATALOG = (CHECKOUT / 'test/server/catalog.sql').read_text()
RELEASED = sorted((CHECKOUT / 'sql/released').glob('internal_events--*.sql.gz'))
CURRENT = re.search(r"default_version = '([^']+)'", (CHECKOUT / 'control/internal_events.control').read_text())[1]


def extension_folder(cluster):
    """Returns the folder of extension scripts of the private PostgreSQL."""
    major = cluster.bindir.parent
    return major.parents[2] / 'share' / 'postgresql' / major.name / 'extension'


@pytest.fixture(name='install')
def fixture_install(cluster):
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


def catalog(cluster, name, *commands):
    """Returns what the extension consists of in a new database after some commands."""
    database = cluster.createdb(name)
    database.psql(';'.join(('CREATE EXTENSION hll', *commands)))
    return database.psql(CATALOG).splitlines()


def test_there_is_a_release_to_upgrade_from():
    """Without one the tests below would not run at all."""
    assert RELEASED


@pytest.mark.parametrize('path', RELEASED, ids=lambda path: path.name)
def test_upgraded_equals_fresh(cluster, install, path):
    """The script of a release, frozen when it was made, and then the update scripts lead to what is installed today."""
    version = path.name.removeprefix('internal_events--').removesuffix('.sql.gz')
    name = f'{version}-released' if version == CURRENT else version
    install(gzip.decompress(path.read_bytes()).decode(), name)
    fresh = catalog(cluster, f'fresh {name}', 'CREATE EXTENSION internal_events')
    commands = [f"CREATE EXTENSION internal_events VERSION '{name}'"]
    if version != CURRENT:
        commands.append('ALTER EXTENSION internal_events UPDATE')
    upgraded = catalog(cluster, f'upgraded {name}', *commands)
    assert len(fresh) > 300
    assert upgraded == fresh, 'the released version needs an update script in sql/updates, and the control file a new version'


def test_a_forgotten_object_is_noticed(cluster, install):
    """The comparison sees a missing function, another comment, a lost privilege."""
    build = CHECKOUT / 'build' / f'pg{cluster.psql("SHOW server_version_num")[:2]}'
    script = (build / f'internal_events--{CURRENT}.sql').read_text()
    fresh = catalog(cluster, 'whole', 'CREATE EXTENSION internal_events')
    for number, (old, new) in enumerate(((r"COMMENT ON FUNCTION internal_events.as_of\(\) IS\n[^;]*;", ''),
                                         (r'GRANT USAGE ON SCHEMA internal_events TO[^;]*;', ''),
                                         (r'pages_per_range = 64', 'pages_per_range = 32'))):
        changed, count = re.subn(old, new, script)
        assert count > 0
        install(changed, f'0.0.{number}-changed')
        assert catalog(cluster, f'changed {number}', f"CREATE EXTENSION internal_events VERSION '0.0.{number}-changed'") != fresh
