"""internal-events generate without options: what it asks on a terminal."""

import pathlib
import re
import shlex
import signal
import subprocess

import pexpect
import pytest
import yaml

from command import COMMAND, environment, run

ESCAPES = re.compile(r'\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r|\x07|\x08')


class Dialogue:
    """A run of generate on a terminal of its own."""

    def __init__(self, folder, *arguments):
        self.child = pexpect.spawn(str(COMMAND), ['generate', *arguments], cwd=str(folder), encoding='utf-8', timeout=20,
                                   env=environment(TERM='xterm', NO_COLOR='1'), dimensions=(50, 200))

    def answer(self, question, text, end='\r'):
        """Waits for a question, a literal text, and types an answer."""
        self.child.expect_exact(question)
        self.child.send(text + end)

    def answers(self, *pairs):
        """Questions and answers in turn."""
        for question, text in pairs:
            self.answer(question, text)

    def rest(self, status=0):
        """What is printed until the end, without the terminal's escapes; the exit status has to be `status`."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        assert (self.child.exitstatus, self.child.signalstatus) == (status, None), self.child.before
        return ESCAPES.sub('', self.child.before)


@pytest.fixture
def folder(tmp_path):
    """A folder with two events."""
    run('generate', '--event', 'issue_created', '--description', 'A user creates an issue', '--label', 'Where', '--group',
        'planning', cwd=tmp_path)
    run('generate', '--event', 'report_exported', '--description', 'A user exports a report', cwd=tmp_path)
    return tmp_path


def files(folder):
    """The files of a folder, by name."""
    return {path.name: path for path in pathlib.Path(folder).rglob('*.yml')}


def test_a_new_event_and_its_metrics(folder):
    """From the first question to the lines to paste; the call without questions makes the same files."""
    dialogue = Dialogue(folder)
    dialogue.answers(('Event, new or known', 'package_published'), ('When does it happen?', "It's published: ünï"),
                     ('6  user and feature_enabled', '2'), ('Property to declare', 'label'), ('What label holds', 'Format'),
                     ('Property to declare', 'token_id'), ('What token_id holds', 'The token'), ('Property to declare', ''))
    dialogue.answers(('What is to be counted?', '1'), ('Known events to count together', ''),
                     ('Only events with', 'label=npm'), ('Or with', ''), ('Name of that in the key path', 'npm_published'),
                     ('Over which time?', '2'), ('In how many definitions?', ''), ('What the metric says', ''),
                     ('Group that owns it', 'packages'), ('Product categories', 'registry, service_ping'),
                     ('Milestone', '1.10'), ('URL of the merge request', 'https://git.example.com/7'),
                     ('In which tiers?', ''))
    dialogue.child.expect_exact('# config/events/package_published.yml')
    assert len(files(folder)) == 2, 'nothing is written before it is confirmed'
    dialogue.answer('Write them?', 'y')
    said = dialogue.rest()
    assert "SELECT track_event('package_published', user_id => 7, namespace_id => 2" in said
    assert "InternalEvents.trackEvent('package_published'" in said and 'data-event-label="npm"' in said
    assert 'SELECT * FROM finish();' in said
    made = {name: path.read_text() for name, path in files(folder).items()}
    assert sorted(made) == ['count_distinct_user_id_from_npm_published.yml',
                            'count_distinct_user_id_from_npm_published_monthly.yml',
                            'count_distinct_user_id_from_npm_published_weekly.yml', 'issue_created.yml',
                            'package_published.yml', 'report_exported.yml']
    event = yaml.safe_load(made['package_published.yml'])
    assert event['description'] == "It's published: ünï" and event['identifiers'] == ['namespace', 'user']
    assert list(event['additional_properties']) == ['label', 'token_id']
    assert event['product_categories'] == ['registry', 'service_ping'] and event['milestone'] == '1.10'
    run('validate', '--strict', folder / 'config')

    call = re.search('^internal-events generate (.*)$', said, re.M)[1]
    for name in set(made) - {'issue_created.yml', 'report_exported.yml'}:
        files(folder)[name].unlink()
    subprocess.run(['bash', '-c', f'{COMMAND} generate {call}'], cwd=folder, env=environment(), check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    assert {name: path.read_text() for name, path in files(folder).items()} == made


def test_known_events_are_offered(folder):
    """Tab completes a name; a similar name leads to the known event, which is not defined again."""
    dialogue = Dialogue(folder)
    dialogue.answer('Event, new or known', 'rep\t', end='')
    dialogue.child.expect_exact('ort_exported')
    dialogue.child.send('\r')
    dialogue.child.expect_exact('It is known: A user exports a report')
    dialogue.answer('What is to be counted?', '<')
    dialogue.answer('Event, new or known', 'isue_created')
    dialogue.child.expect_exact('Similar events are known')
    dialogue.child.expect(r'2 +issue_created +A user creates an issue')
    dialogue.answers(('Number', '9'), ('Type a number from 1 to', '2'), ('What is to be counted?', ''),
                     ('Known events to count together', 'report_exported'), ('Only events with', ''),
                     ('Name of that in the key path', ''), ('Over which time?', '3'), ('What the metric says', ''),
                     ('Group that owns it', 'pl\t'), ('Product categories', ''), ('Milestone', ''), ('URL', ''),
                     ('In which tiers?', ''), ('Write them?', ''))
    dialogue.rest()
    name = 'count_distinct_user_id_from_issue_created_and_report_exported_weekly.yml'
    assert set(files(folder)) == {'issue_created.yml', 'report_exported.yml', name}
    assert yaml.safe_load(files(folder)[name].read_text())['product_group'] == 'planning'


def test_the_call_without_questions_knows_the_same(folder):
    """What decides which events are new is part of the call."""
    dialogue = Dialogue(folder, '--root', 'ee', '--known', 'config/events', '--time-frames', '7d', '--group', 'planning',
                        '--categories', 'x', '--milestone', '1', '--mr', 'u', '--tiers', 'ultimate')
    dialogue.answers(('Event, new or known', 'issue_created'), ('What is to be counted?', ''), ('Known events', ''),
                     ('Only events with', ''), ('What the metric says', ''), ('Write them?', ''))
    call = dialogue.rest().rpartition('The same without questions:\ninternal-events generate ')[2]
    made = files(folder / 'ee')
    assert set(made) == {'count_distinct_user_id_from_issue_created_weekly.yml'}
    run('generate', *shlex.split(call), '--force', cwd=folder)
    assert files(folder / 'ee') == made


def test_going_back_changes_answers(folder):
    """Each question can be asked again, and what followed from the old answer is gone."""
    dialogue = Dialogue(folder, '--group', 'planning', '--categories', 'x', '--milestone', '1', '--mr', 'u', '--tiers',
                        'ultimate')
    dialogue.answers(('Event, new or known', 'Wrong Name'), ('A name has lower-case', 'opened'),
                     ('When does it happen?', 'First'), ('What goes with it?', '<'), ('When does it happen?', 'Second'),
                     ('What goes with it?', ''), ('Property to declare', ''), ('What is to be counted?', ''),
                     ('Known events', ''), ('Only events with', ''), ('Over which time?', '<'), ('Only events with', '<'),
                     ('Known events', 'nonsense'), ('nonsense is not known', '<'))
    dialogue.child.expect('([0-9])  nothing now: the event alone')
    dialogue.answers(('Number', dialogue.child.match[1]), ('Write them?', '<'), ('What is to be counted?', dialogue.child.match[1]),
                     ('Write them?', 'y'))
    dialogue.rest()
    assert set(files(folder)) == {'issue_created.yml', 'report_exported.yml', 'opened.yml'}
    event = yaml.safe_load(files(folder)['opened.yml'].read_text())
    assert (event['description'], event['product_group'], event['tiers']) == ('Second', 'planning', ['ultimate'])


def test_what_is_refused_can_be_mended(folder):
    """A file that exists is said at the end, and the questions go on."""
    run('generate', '--event', 'issue_created', '--time-frames', '7d', cwd=folder)
    before = {name: path.read_text() for name, path in files(folder).items()}
    dialogue = Dialogue(folder, '--group', 'planning', '--categories', 'x', '--milestone', '1', '--mr', 'u', '--tiers',
                        'ultimate')
    dialogue.answer('Event, new or known', 'issue_created')
    dialogue.child.expect('([0-9])  all events')
    dialogue.answers(('Number', dialogue.child.match[1]), ('Known events', ''), ('Only events with', ''),
                     ('Over which time?', '3'), ('What the metric says', ''), ('exists already', ''),
                     ('What the metric says', ''), ('exists already', '\x04'))
    assert 'nothing is written' in dialogue.rest(status=1)
    assert {name: path.read_text() for name, path in files(folder).items()} == before


@pytest.mark.parametrize('key, status, said', [('\x04', 1, 'ended by the end of input; nothing is written'),
                                               ('\x03', 130, 'interrupted; nothing is written')])
def test_ending_it(folder, key, status, said):
    """Ctrl-D and Ctrl-C end it without a trace, and leave the terminal as it was."""
    before = set(files(folder))
    shell = pexpect.spawn('bash', ['--norc', '-i'], cwd=str(folder), encoding='utf-8', timeout=20, dimensions=(50, 200),
                          env=environment(TERM='xterm', NO_COLOR='1', PS1='$ '))
    shell.sendline(f'stty -a | md5sum >before; {COMMAND} generate')
    shell.expect_exact('Event, new or known')
    shell.send('opened\r')
    shell.expect_exact('When does it happen?')
    shell.send(key)
    shell.expect_exact(said)
    shell.sendline('echo status $?; stty -a | md5sum >after; cmp before after && echo the same terminal')
    shell.expect(f'status {status}\r')
    shell.expect('the same terminal\r')
    shell.sendline('exit')
    shell.expect(pexpect.EOF)
    shell.kill(signal.SIGKILL)
    assert set(files(folder)) == before


def test_saying_no(folder):
    """The last question can be answered by no."""
    dialogue = Dialogue(folder, '--group', 'x', '--categories', 'x', '--milestone', '1', '--mr', 'u', '--tiers', 'ultimate',
                        '--identifiers', 'user', '--description', 'x')
    dialogue.answers(('Event, new or known', 'opened'), ('Property to declare', ''))
    dialogue.child.expect('([0-9])  nothing now: the event alone')
    dialogue.answers(('Number', dialogue.child.match[1]), ('Write them?', 'n'))
    assert 'nothing is written, as you said' in dialogue.rest(status=1)
    assert 'opened.yml' not in files(folder)
