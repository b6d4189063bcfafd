"""Runs the files that take longest first, so that at the end no worker is left alone with one of them.

How long they take is kept in test/server/durations.txt, which `make durations` writes; a file that is not there yet is
taken for the longest.
"""

import collections
import pathlib

DURATIONS = pathlib.Path(__file__).resolve().parents[1] / 'durations.txt'
spent = collections.Counter()


def file_of(nodeid):
    """Returns the file of a test, with its folder."""
    return '/'.join(nodeid.partition('::')[0].split('/')[-2:])


def pytest_addoption(parser):
    """Adds the option that writes what the next runs read."""
    parser.addoption('--record-durations', action='store_true', help='write test/server/durations.txt')


def pytest_collection_modifyitems(items):
    """Orders the tests by what their files took."""
    lines = DURATIONS.read_text().splitlines() if DURATIONS.exists() else []
    seconds = {name: int(number) for number, name in map(str.split, lines)}
    items.sort(key=lambda item: -seconds.get(file_of(item.nodeid), float('inf')))


def pytest_runtest_logreport(report):
    """Adds what a test took, with its fixtures."""
    spent[file_of(report.nodeid)] += report.duration


def pytest_sessionfinish(session):
    """Writes what each file took; workers only report to who has started them."""
    if session.config.getoption('record_durations') and not hasattr(session.config, 'workerinput'):
        DURATIONS.write_text(''.join(f'{round(seconds)} {name}\n' for name, seconds in spent.most_common()))
