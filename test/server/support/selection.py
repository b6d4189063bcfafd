"""Says which tests run, and in which order.

`make check-all` runs them all. `make check` draws some of each file, one case of each, and says how many it has left out:
others with each commit, the same again with INTERNAL_EVENTS_DRAW=<the number that it prints>. Files that take longest come
first, so that at the end no worker is left alone with one of them: how long they take is kept in test/server/durations.txt,
which `make durations` writes; a file that is not there yet is taken for the longest.
"""

import collections
import math
import os
import pathlib
import random
import subprocess

import pytest

from cluster import CHECKOUT

DURATIONS = pathlib.Path(__file__).resolve().parents[1] / 'durations.txt'
spent = collections.Counter()
left = []
# Of the tests of a file, rounded up.
SHARE = 0.5


def file_of(nodeid):
    """Returns the file of a test, with its folder."""
    return '/'.join(nodeid.partition('::')[0].split('/')[-2:])


def pytest_addoption(parser):
    """Adds the options that draw the tests and that write down what the next runs order them by."""
    parser.addoption('--draw', action='store_true', help='run some of the tests, others with each commit')
    parser.addoption('--record-durations', action='store_true', help='write test/server/durations.txt')


def draw_number():
    """Returns what the draw depends on: how many commits there are, where it is not said."""
    counted = subprocess.run(['git', 'rev-list', '--count', 'HEAD'], cwd=CHECKOUT, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()
    return os.environ.get('INTERNAL_EVENTS_DRAW') or counted or '0'


def drawn(items, number):
    """Returns the tests to run of each file, a case of each."""
    files = collections.defaultdict(lambda: collections.defaultdict(list))
    for item in items:
        name, _, _ = item.nodeid.partition('[')
        files[file_of(name)][name].append(item)
    chosen = []
    for file, tests in files.items():
        choice = random.Random(f'{number} {file}')
        for name in choice.sample(sorted(tests), math.ceil(len(tests) * SHARE)):
            chosen.append(choice.choice(tests[name]))
    return set(chosen)


def pytest_collection_modifyitems(config, items):
    """Draws the tests where that is asked for, and orders them by what their files took."""
    if config.getoption('draw'):
        number = draw_number()
        chosen = drawn(items, number)
        others = [item for item in items if item not in chosen]
        config.hook.pytest_deselected(items=others)
        getattr(config, 'workeroutput', {})['left'] = (
            f'INTERNAL_EVENTS_DRAW={number} left {len(others)} of {len(items)} tests to make check-all')
        items[:] = [item for item in items if item in chosen]
    lines = DURATIONS.read_text().splitlines() if DURATIONS.exists() else []
    seconds = {name: int(number) for number, name in map(str.split, lines)}
    items.sort(key=lambda item: -seconds.get(file_of(item.nodeid), float('inf')))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Takes over what a worker has left out; all have left out the same."""
    left.append(getattr(node, 'workeroutput', {}).get('left', ''))


def pytest_terminal_summary(terminalreporter):
    """Says how many tests were left out."""
    if any(left):
        terminalreporter.write_line(left[-1])


def pytest_runtest_logreport(report):
    """Adds what a test took, with its fixtures."""
    spent[file_of(report.nodeid)] += report.duration


def pytest_sessionfinish(session):
    """Writes what each file took; workers only report to who has started them."""
    if session.config.getoption('record_durations') and not hasattr(session.config, 'workerinput'):
        DURATIONS.write_text(''.join(f'{round(seconds)} {name}\n' for name, seconds in spent.most_common()))
