"""The shelves of scripts/packages.txt: what stands on which, and what `make demo` costs a new machine."""

import re
import subprocess

import pytest

from support import CHECKOUT

INSTALL = CHECKOUT / 'scripts/install-packages'
STANDS_ON = {'build': (), 'demo': ('build',), 'collector': ('demo',), 'bench': ('demo',), 'lint': ('build',),
             'test': ('bench', 'collector', 'lint'), 'matrix': ()}
# What only tests and measurements need, and what would draw more than it is worth.
NOT_TO_BUILD = re.compile(r'chromium|selenium|prometheus|nginx|tinyproxy|^redis|qt|mysql|mariadb|poco|node|npm|clang|llvm-.*-dev|pytest')
MOST_PACKAGES = 150
MOST_BYTES = 260_000_000


def shelf(name):
    """Returns the packages of a shelf."""
    return subprocess.run([INSTALL, '--for', name, '--list'], stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def fetched(folder, *packages):
    """Returns the packages with their sizes that apt would fetch where nothing is installed."""
    apt = ['apt-get', '--print-uris', '-qq', '-y', '--no-install-recommends', '-o', f'Dir::State::status={folder}/status',
           '-o', f'Dir::Cache={folder}', '-o', f'Dir::Cache::archives={folder}/archives', '-o', 'Debug::NoLocking=1']
    told = subprocess.run([*apt, 'install', *packages], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if 'Unable to locate package' in told.stderr:
        pytest.skip('apt has no package lists here')
    assert told.returncode == 0, told.stderr
    return {name: int(size) for name, size in re.findall(r"^'[^']*' ([^_ ]+)_\S* (\d+) ", told.stdout, re.M)}


@pytest.mark.parametrize('name', STANDS_ON)
def test_shelf_has_what_it_stands_on(name):
    """A shelf has what it stands on, once, and something of its own."""
    packages = shelf(name)
    assert len(packages) == len(set(packages))
    below = {package for other in STANDS_ON[name] for package in shelf(other)}
    assert below < set(packages)


def test_every_shelf_is_known():
    """There is no shelf that these tests do not know."""
    text = (CHECKOUT / 'scripts/packages.txt').read_text(encoding='utf-8')
    assert {name: tuple(others.split()) for name, others in re.findall(r'^\[(\w+):?([^]]*)\]', text, re.M)} == STANDS_ON


def test_demo_draws_little(tmp_path):
    """`make demo` on a bare machine: no browser and the like, and a bounded number of packages and bytes."""
    (tmp_path / 'archives/partial').mkdir(parents=True)
    (tmp_path / 'status').touch()
    bare = fetched(tmp_path, '?priority(required)', 'apt')
    everything = fetched(tmp_path, '?priority(required)', 'apt', *shelf('demo'))
    drawn = {name: size for name, size in everything.items() if name not in bare}
    assert {'g++', 'make', 'python3'} <= set(drawn)
    assert not [name for name in drawn if NOT_TO_BUILD.search(name)]
    assert len(drawn) <= MOST_PACKAGES
    assert sum(drawn.values()) <= MOST_BYTES


def test_unknown_shelf():
    """A shelf that is not there is named, and nothing is installed."""
    ran = subprocess.run([INSTALL, '--for', 'nowhere'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, '')
    assert "no shelf 'nowhere'" in ran.stderr
