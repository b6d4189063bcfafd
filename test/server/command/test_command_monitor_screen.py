"""internal-events monitor on a real terminal, in tmux: what it shows, its keys, and what it leaves behind."""

import json
import os
import re
import subprocess
import time

import pytest

from command import COMMAND, environment
from support import SECONDS, load_event, load_metric, one, session
from tmux import Terminal

pytestmark = pytest.mark.usefixtures('roles')

KEYS = 'p pause   r reset   q quit'


@pytest.fixture(name='watched')
def _watched(db):
    """The database with an event and two metrics of it, one with two time frames."""
    load_event(db, 'opened', ('label', 'property', 'value'))
    load_metric(db, 'counts.opened', {'name': 'opened'}, time_frame=['7d', 'all'])
    load_metric(db, 'uniques.opened', {'name': 'opened', 'unique': 'user.id'}, time_frame='28d')
    return db


def track(database, user=7, count=1, **properties):
    """Tracks events, each in a transaction of its own."""
    with session(database) as cursor:
        for _ in range(count):
            assert one(cursor, "SELECT track_event('opened', user_id => %s, additional_properties => %s)",
                       (user, json.dumps(properties)))


def monitor(database, *words, **more):
    """The monitor in a terminal."""
    return Terminal(COMMAND, 'monitor', *(words or ['opened']), '--interval', '0.2', database=database, **more)


def row(screen, begin):
    """The cells of the first line that begins with a text, which has at least two blanks between them."""
    line = next(line.strip() for line in screen.splitlines() if line.strip().startswith(begin))
    return re.split(r'\s{2,}', line)


def test_current_values_move_and_initial_ones_stay(watched):
    track(watched, count=2, label='earlier')
    with monitor(watched) as terminal:
        screen = terminal.wait_for(KEYS)
        assert row(screen, 'counts.opened_weekly')[3:] == ['2', '2']
        assert 'label=earlier' in screen and '0 events since' in screen
        track(watched, user=8, label='web', value=3)
        screen = terminal.wait_for('1 event since')
        assert row(screen, 'counts.opened_weekly')[3:] == ['2', '3', '+1']
        assert row(screen, 'counts.opened ')[1:] == ['all', 'since the beginning', '2', '3', '+1']
        assert row(screen, 'uniques.opened')[3:] == ['1', '2', '+1']
        lines = [line for line in screen.splitlines() if ' opened ' in line]
        assert 'label=web value=3' in lines[0] and lines[0].split()[2] == '8', 'the newest first'
        assert 'Today included' in screen and 'live' in screen.splitlines()[0]


def test_pause_holds_the_screen_and_reset_begins_anew(watched):
    with monitor(watched) as terminal:
        terminal.wait_for(KEYS)
        terminal.press('p')
        paused = terminal.wait_for('paused')
        track(watched, count=3)
        screen = terminal.wait_for('3 more since the pause')
        assert row(screen, 'counts.opened_weekly') == row(paused, 'counts.opened_weekly')
        assert screen.splitlines()[0] == paused.splitlines()[0], 'the time of what is shown'
        terminal.press('p')
        screen = terminal.wait_for('3 events since')
        assert row(screen, 'counts.opened_weekly')[3:] == ['0', '3', '+3']
        terminal.press('r')
        screen = terminal.wait_for('0 events since')
        assert row(screen, 'counts.opened_weekly')[3:] == ['3', '3']
        assert ' opened ' not in screen.replace('monitor  database', ''), 'the list is empty'
        track(watched)
        assert row(terminal.wait_for('1 event since'), 'counts.opened_weekly')[3:] == ['3', '4', '+1']


def test_it_ends_with_a_terminal_that_goes_away(watched):
    """Nobody sends it a signal then: it does not lead the terminal's session."""
    terminal, stdin = os.openpty()
    with subprocess.Popen([COMMAND, 'monitor', 'opened'], env=environment(watched, TERM='xterm'), stdin=stdin, stdout=stdin) as running:
        os.close(stdin)
        try:
            shown = b''
            while b'quit' not in shown:
                shown += os.read(terminal, 65536)
        finally:
            os.close(terminal)
        assert running.wait(SECONDS) == 0


@pytest.mark.parametrize('key', ['q', 'C-c'])
def test_it_ends_well_and_gives_the_terminal_back(watched, key):
    with monitor(watched) as terminal:
        terminal.wait_for(KEYS)
        terminal.press(key)
        screen = terminal.wait_for('status')
        assert screen.split() == ['before', 'status', '0']


def test_the_terminal_may_change_its_size(watched):
    track(watched, label='a label')
    with monitor(watched) as terminal:
        terminal.wait_for('CATEGORY')
        terminal.resize(50, 14)
        screen = terminal.wait_for(lambda screen: 'DAYS' not in screen and KEYS in screen)
        assert '…' in screen and 'CURRENT' in screen and 'counts.opened_w' in screen
        assert all(len(line) <= 50 for line in screen.splitlines())
        terminal.resize(12, 3)
        terminal.wait_for(lambda screen: len(screen.splitlines()[0]) <= 12)
        terminal.resize(160, 40)
        terminal.wait_for('CATEGORY')
        terminal.press('q')
        terminal.wait_for('status 0')


def test_metrics_that_do_not_fit_can_be_scrolled(watched):
    for number in range(12):
        load_metric(watched, f'many.m{number:02}', {'name': 'opened', 'filter': {'label': str(number)}})
    with monitor(watched, height=20) as terminal:
        screen = terminal.wait_for('more metrics')
        assert 'counts.opened ' in screen and 'uniques.opened' not in screen
        terminal.press('Down')
        terminal.wait_for('METRIC 2 to ')
        terminal.press('NPage', 'NPage', 'NPage')
        terminal.wait_for('uniques.opened')
        terminal.press('Up')
        terminal.wait_for(lambda screen: 'uniques.opened' not in screen)


def test_days_are_left_out_before_a_name_is_cut(watched):
    load_metric(watched, 'counts.distinct_openers_of_any_kind', {'name': 'opened', 'unique': 'user.id'}, time_frame='28d')
    name = 'counts.distinct_openers_of_any_kind'
    with monitor(watched, width=80) as terminal:
        screen = terminal.wait_for(name)
        assert 'INITIAL' in screen and 'FRAME' in screen and 'DAYS' not in screen
        terminal.resize(120, 24)
        assert name in terminal.wait_for('DAYS')
        terminal.resize(40, 24)
        assert row(terminal.wait_for(lambda screen: 'CURRENT' in screen and 'FRAME' not in screen), 'counts.opened ')[1:] == ['0']


def test_labels_cannot_command_the_terminal(watched):
    hostile = '\x1b[2J\x1b]0;owned\x07\u202eevil\u009b31m 測試'
    with monitor(watched, width=160) as terminal:
        terminal.wait_for(KEYS)
        track(watched, label=hostile, property='two\nlines')
        screen = terminal.wait_for('1 event since')
        assert r'\u001b[2J\u001b]0;owned\u0007\u202eevil\u009b31m 測試' in screen
        assert r'property="two\nlines"' in screen
        drawn = terminal.screen(raw=True)
        assert not re.search('\x1b(?!\\[[0-9;]*m)', drawn) and '\u202e' not in drawn


def test_an_event_that_is_cut_through_a_wide_character_fits(watched):
    track(watched, label='測' * 60)
    with monitor(watched, width=81) as terminal:
        screen = terminal.wait_for('測…')
        line = next(line for line in screen.splitlines() if '測' in line)
        assert len(line) + line.count('測') <= 81


def test_a_terminal_without_colours_or_utf_8(watched):
    track(watched, label='größer')
    with monitor(watched, LC_ALL='C', TERM='vt100', width=60) as terminal:
        screen = terminal.wait_for(KEYS)
        assert r'gr\u00f6\u00dfer' in screen
        assert '…' not in screen and '~' in screen
    with monitor(watched, NO_COLOR='1') as terminal:
        terminal.wait_for(KEYS)
        track(watched)
        terminal.wait_for('+1')
        assert '\x1b[32m' not in terminal.screen(raw=True)


def test_a_dumb_terminal_gets_lines(watched):
    with Terminal('env', 'TERM=dumb', COMMAND, 'monitor', 'opened', database=watched) as terminal:
        terminal.wait_for('Watching 1 event and 3 metrics')
        track(watched)
        terminal.wait_for('0 -> 1 (+1)')


def test_a_reader_sees_metrics_and_why_no_events(watched):
    with monitor(watched, PGUSER='reader') as terminal:
        screen = terminal.wait_for(KEYS)
        assert 'internal_events_admin reads the log too' in screen
        assert 'TIME' not in screen
        track(watched)
        terminal.wait_for('+1')


def test_a_lost_connection_is_shown_and_made_again(watched):
    with monitor(watched) as terminal:
        terminal.wait_for(KEYS)
        watched.cluster.psql("ALTER DATABASE test ALLOW_CONNECTIONS false")
        watched.cluster.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                             "WHERE application_name = 'internal-events monitor'")
        screen = terminal.wait_for('Trying again: cannot connect')
        assert 'no connection' in screen.splitlines()[0]
        watched.cluster.psql("ALTER DATABASE test ALLOW_CONNECTIONS true")
        track(watched, label='meanwhile')
        screen = terminal.wait_for('label=meanwhile')
        assert 'Trying again' not in screen
        assert row(screen, 'counts.opened_weekly')[3:] == ['0', '1', '+1']


def test_keys_answer_while_the_server_does_not(watched):
    with monitor(watched) as terminal, session(watched, autocommit=False) as cursor:
        terminal.wait_for(KEYS)
        cursor.execute('LOCK TABLE internal_events.buckets IN ACCESS EXCLUSIVE MODE')
        terminal.wait_for('waiting for an answer')
        began = time.monotonic()
        terminal.press('q')
        terminal.wait_for('status 0')
        assert time.monotonic() - began < 5
        # The server ends the session, which waits for a lock, by itself.
        left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'internal-events monitor'"
        end = time.monotonic() + 15
        while watched.cluster.psql(left) != '0':
            assert time.monotonic() < end
            time.sleep(0.1)
