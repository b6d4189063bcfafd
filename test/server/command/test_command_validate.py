"""The command's validate: what it says of files, where, in which form, and that a server says the same."""

import os
import pathlib
import re
import subprocess

import pytest

from cluster import SERVER_USER
from command import COMMAND, environment, run, run_json
from support import CHECKOUT, CORPUS, event_yaml, let_server_in, load_event, metric_yaml, session
from measuring import definition


EVENT = 'action: issue_created\ndescription: An issue\nadditional_properties:\n  label: {description: Its label}\n'
METRIC = '''key_path: counts.issues
description: Issues
value_type: number
status: active
time_frame: 28d
data_source: internal_events
events:
'''


@pytest.fixture(name='folder')
def fixture_folder(tmp_path):
    """Returns a function that writes files {name: text or bytes} to a new folder and returns that."""
    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path
    return write


def found(answer):
    """The problems of an answer in JSON as (file, line, column, severity, key)."""
    return [(pathlib.Path(p['file']).name, p['line'], p['column'], p['severity'], p['key']) for p in answer['problems']]


def test_all_is_well(folder):
    """Files without a problem: nothing but their number is printed, and the exit status is 0."""
    path = folder({'events/e.yml': EVENT, 'metrics/m.yaml': METRIC + '  - name: issue_created\n', 'readme.md': 'no: definition'})
    ran = run('validate', path)
    assert (ran.stdout, ran.stderr) == ('', '2 files: 0 errors, 0 warnings\n')
    assert run_json('validate', path) == {'files': 2, 'errors': 0, 'warnings': 0, 'problems': []}


def test_our_samples():
    """The definitions that come with the extension are right, even strictly."""
    assert run('validate', '--strict', CHECKOUT / 'definitions').stdout == ''


def test_text(folder):
    """A problem is a line that editors and people understand; files are in the order of their paths."""
    path = folder({'e.yml': EVENT, 'm.yml': METRIC + '  - name: issue_craeted\n', 'a.yml': 'nothing: here\n'})
    ran = run('validate', '.', status=1, cwd=path)
    assert ran.stdout.splitlines() == [
        'a.yml: error: neither an event definition (key action) nor a metric definition (key key_path) nor an '
        'instrumentation (keys instrumentation_class and instrumentation)',
        'm.yml:8:5: error: events[0].name: "issue_craeted" is not a known event; load its definition first; '
        'did you mean "issue_created"?']
    assert ran.stderr == '3 files: 2 errors, 0 warnings\n'


def test_colours(folder):
    """Colours are for terminals, or for who asks for them."""
    path = folder({'a.yml': 'nothing: here\n'})
    assert '\033[1;31merror: \033[0m' in run('--color=always', 'validate', path, status=1).stdout
    assert '\033' not in run('validate', path, status=1).stdout


@pytest.mark.parametrize('text, line, column, key', [
    (METRIC + '  - name: issue_created\n  - filter:\n      label: 1\n    name: nowhere\n', 11, 5, 'events[1].name'),
    (METRIC + '  - {name: issue_created, unique: "a b"}\n', 8, 27, 'events[0].unique'),
    (METRIC + '  - {filter: {"läbel": x}, name: nowhere}\n', 8, 29, 'events[0].name'),
    (METRIC + '  [{ name: issue_created, filter: { other:  x } }]\n', 8, 37, 'events[0].filter.other'),
    (METRIC.replace('\n', '\r\n') + '  - name: nowhere\r\n', 8, 5, 'events[0].name'),
    ('\ufeff' + METRIC + '  - name: nowhere\n', 8, 5, 'events[0].name'),
    ('\ufeffkey_path: a b\n' + METRIC.split('\n', 1)[1] + '  - name: issue_created\n', 1, 1, 'key_path'),
    ('---\n# A comment\n\n' + METRIC + '  - name: nowhere\n', 11, 5, 'events[0].name'),
    (METRIC.replace('28d', '[7d, 28d,\n  1d]') + '  - name: issue_created\n', 6, 3, 'time_frame[2]'),
])
def test_place(folder, text, line, column, key):
    """Line and column lead to the key or the value that is meant, in bytes from 1."""
    answer = run_json('validate', folder({'e.yml': EVENT, 'm.yml': text}), status=1)
    assert found(answer) == [('m.yml', line, column, 'error', key)]


def test_place_of_what_is_no_yaml(folder):
    """What cannot be read as YAML has a place too."""
    answer = run_json('validate', folder({'a.yml': 'action: x\n  description: [\n', 'b.yml': b'action: x\ndescription: \xff\n'}),
                      status=1)
    assert found(answer) == [('a.yml', 2, 14, 'error', None), ('b.yml', 2, 14, 'error', None)]


def test_json(folder):
    """Every problem is an object with the same members."""
    path = folder({'e.yml': EVENT + 'mileston: 17.0\n', 'm.yml': 'x: y\n'})
    answer = run_json('validate', path, status=1)
    assert answer == {'files': 2, 'errors': 1, 'warnings': 1, 'problems': [
        {'file': str(path / 'e.yml'), 'line': 5, 'column': 1, 'severity': 'warning', 'key': 'mileston',
         'message': 'is not a key that any version of the format knows; did you mean "milestone"?'},
        {'file': str(path / 'm.yml'), 'line': None, 'column': None, 'severity': 'error', 'key': None,
         'message': answer['problems'][1]['message']}]}
    assert answer == run_json('validate', '--format=json', path, status=1)


def test_github(folder):
    """Annotations of GitHub, with its escapes: of percent and line ends everywhere, of : and , in the file's name."""
    path = folder({'50%, a:b/m.yml': METRIC + '  - name: "50%:\\n,x"\n'})
    ran = run('validate', '--format=github', '.', status=1, cwd=path)
    assert ran.stdout.startswith('::error file=50%25%2C a%3Ab/m.yml,line=8,col=5::events[0].name: ')
    assert '50%25: ,x' in ran.stdout or '50%25:%0A,x' in ran.stdout
    assert ran.stdout.count('\n') == 1
    whole = folder({'50%, a:b/m.yml': 'x: y\n'})
    assert run('validate', '--format=github', '.', status=1, cwd=whole).stdout.startswith(
        '::error file=50%25%2C a%3Ab/m.yml::neither an event definition')


def test_a_warning_is_no_error(folder):
    """Warnings leave the exit status 0; --strict makes an unknown key an error."""
    path = folder({'e.yml': EVENT + 'mileston: 17.0\n'})
    assert run('validate', path).stdout.startswith(f'{path}/e.yml:5:1: warning: mileston: ')
    assert run('validate', '--strict', path, status=1).stdout.startswith(f'{path}/e.yml:5:1: error: mileston: ')


@pytest.mark.parametrize('arguments, said', [
    ([], 'PATH is required'),
    (['nowhere'], 'nowhere is not there'),
    (['empty'], 'no definition files found'),
    (['--format=xml', 'empty'], '--format'),
    (['--known', 'nowhere', 'e.yml'], 'nowhere is not there'),
])
def test_wrong_calls(folder, arguments, said):
    """A wrong call has the exit status 2, and says what is wrong with it."""
    path = folder({'e.yml': EVENT})
    (path / 'empty').mkdir()
    ran = run('validate', *arguments, status=2, cwd=path)
    assert ran.stdout == ''
    assert said in ran.stderr


def test_known_files(folder):
    """Files that are merely known are not reported, whatever is wrong with them; one of the same name gives way."""
    path = folder({'all/e.yml': EVENT, 'all/m.yml': METRIC + '  - name: issue_created\n', 'all/wrong.yml': 'x: y',
                   'mine/m.yml': METRIC + '  - name: issue_created\n    filter: {label: x}\n'})
    assert run('validate', path / 'mine', status=1).stdout.count('is not a known event') == 1
    assert run('validate', '--known', path / 'all', path / 'mine').stderr == '1 file: 0 errors, 0 warnings\n'
    assert run('validate', '--known', path / 'all', path / 'all/m.yml').stderr == '1 file: 0 errors, 0 warnings\n'


def test_each_file_once(folder):
    """A file that several paths lead to is no duplicate of itself."""
    path = folder({'a/e.yml': EVENT})
    (path / 'link.yml').symlink_to('a/e.yml')
    assert run('validate', path, f'{path}/a/', path / 'a/../a/e.yml').stderr == '1 file: 0 errors, 0 warnings\n'


def test_unreadable(folder):
    """A file or a folder that cannot be read is an error like others."""
    path = folder({'large.yml': EVENT + '#' * 1048576, 'closed.yml': EVENT, 'closed/e.yml': EVENT})
    (path / 'closed.yml').chmod(0)
    (path / 'closed').chmod(0)
    let_server_in(path)
    ran = subprocess.run([COMMAND, 'validate', '.'], cwd=path, env=environment(), text=True, check=False, timeout=60,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, user=SERVER_USER if os.geteuid() == 0 else None)
    assert (ran.returncode, ran.stderr) == (1, '3 files: 3 errors, 0 warnings\n')
    assert ran.stdout.splitlines() == [f'{name}: error: could not be read as UTF-8 text of at most 1 MiB'
                                       for name in ('closed', 'closed.yml', 'large.yml')]
    ran = subprocess.run([COMMAND, 'validate', 'closed/e.yml'], cwd=path, env=environment(), text=True, check=False, timeout=60,
                         stderr=subprocess.PIPE, user=SERVER_USER if os.geteuid() == 0 else None)
    assert (ran.returncode, ran.stderr.splitlines()[0]) == (2, 'internal-events: cannot read closed/e.yml: Permission denied')
    (path / 'closed').chmod(0o755)


def test_names_cannot_command_a_terminal(folder):
    """Control characters of a file's name, and marks of its text that turn the direction of writing, are written out."""
    path = folder({'a\x1b[2J\n::error::b.yml': METRIC + '  - name: "\u202ecreated"\n'})
    said = run('validate', path, status=1).stdout
    assert said.startswith(f'{path}/a\\x1b[2J\\n::error::b.yml:') and '"\\u202ecreated"' in said
    assert run('validate', path / 'no\x1b[2J', status=2).stderr.startswith(f'internal-events: {path}/no\\x1b[2J is not there')


def test_schemas_of_values(folder):
    """JSON Schemas that a metric names are checked; other files are not read."""
    def metric(name, schema):
        return definition(name, value_type='object', time_frame='none', sql="SELECT '{}'::jsonb",
                          more={'value_json_schema': schema})
    path = folder({'a.yml': metric('a', 'schemas/a.json'), 'b.yml': metric('b', 'config/schemas/b.json'),
                   'schemas/a.json': '{"type": "object"}', 'schemas/b.json': '{"type": ', 'schemas/c.json': 'no JSON'})
    ran = run('validate', path, status=1)
    assert ran.stdout == f'{path}/schemas/b.json: error: not a JSON Schema: the schema is not JSON from byte 10 on; correct it\n'
    assert ran.stderr == '4 files: 1 error, 0 warnings\n'


def test_what_a_database_has(db, roles, folder):  # pylint: disable=unused-argument
    """With --dbname, one changed file is checked by itself; a reader may ask."""
    load_event(db, 'opened')
    db.psql("SELECT internal_events.load_metric_definition($yaml$" + metric_yaml('counts.opened', {'name': 'opened'}) + '$yaml$)')
    path = folder({'good.yml': metric_yaml('counts.more', {'name': 'opened', 'filter': {'label': 'x'}}),
                   'sum.yml': definition('counts.sum', time_frame='none', add=['counts.opened', 'counts.more']),
                   'anew.yml': metric_yaml('counts.opened', {'name': 'opened', 'unique': 'user.id'})})
    assert run('validate', path, status=1).stderr == '3 files: 4 errors, 0 warnings\n'
    for dbname in (db.name, f'dbname={db.name} user=reader'):
        assert run('validate', '--dbname', dbname, path, database=db).stdout == ''
    folder({'below.yml': metric_yaml('counts.opened.below', {'name': 'opened'})})
    (path / 'anew.yml').unlink()
    assert 'below.yml:1:' in run('validate', '--dbname', db.name, path, database=db, status=1).stdout
    denied = run('validate', '--dbname', f'dbname={db.name} user=nobody', path, database=db, status=1)
    assert 'permission denied' in denied.stderr
    nowhere = run('validate', '--dbname', 'nowhere', path, database=db, status=1)
    assert 'database "nowhere" does not exist' in nowhere.stderr


def said_by_server(database, directory):
    """What load_definitions() says of a folder, as (path, line, text), errors and warnings."""
    with session(database) as cursor:
        cursor.connection.notices = notices = Everything()
        cursor.execute('SELECT path, error FROM internal_events.load_definitions(%s) WHERE error IS NOT NULL', (str(directory),))
        errors = {line for path, error in cursor.fetchall() for line in lines_of(error, path)}
    warnings = {place(line) for notice in notices.kept if notice.startswith('WARNING:  ')
                for line in [notice.removeprefix('WARNING:  ').rstrip()] if 'cannot be calculated yet' not in line}
    return errors, warnings


class Everything:
    """A list of notices for psycopg2 that keeps more than 50."""

    def __init__(self):
        self.kept = []

    def append(self, notice):
        """Keeps a notice."""
        self.kept.append(notice)


def lines_of(error, path):
    """An error of load_definitions() by problem; some messages are about several."""
    text = re.sub(r'^\w+ definition is not valid: ', '', error)
    return [place(line) for line in text.splitlines()] if text.startswith(path) else [(path, 0, text)]


def place(text):
    """A line 'path:line: text' or 'path: text' in parts."""
    path, line, said = re.match(r'(.*?\.(?:ya?ml|json))(?::(\d+))?: (.*)', text, re.DOTALL).groups()
    return path, int(line or 0), said


@pytest.mark.skipif(not CORPUS.is_dir(), reason='the corpus of GitLab definitions is not here')
@pytest.mark.parametrize('part', ['.', 'config', 'spec'])
def test_a_server_says_the_same(cluster, db, part):
    """All of GitLab's definitions that we have: the command finds what load_definitions() finds, to the letter."""
    shared = cluster.share(CORPUS / part)
    answer = run_json('validate', shared, status=1)
    said = {'error': set(), 'warning': set()}
    for p in answer['problems']:
        said[p['severity']].add((p['file'], p['line'] or 0, ': '.join(filter(None, (p['key'], p['message'])))))
    errors, warnings = said_by_server(db, shared)
    assert said['error'] == errors
    assert said['warning'] == warnings
    assert len(errors) >= 4 and (part != '.' or len(errors) > 20)


def test_a_server_says_the_same_of_ours(cluster, db, folder):
    """What the corpus has not: metrics made of others, in circles, twice, and in each other's way."""
    def add(name, *others):
        return definition(name, time_frame='none', add=list(others))
    path = cluster.share(folder({
        'e1.yml': event_yaml('opened'), 'e2.yml': event_yaml('opened', status='removed'), 'e3.yml': event_yaml('x', status='gone'),
        'm1.yml': add('a', 'b'), 'm2.yml': add('b', 'c'), 'm3.yml': add('c', 'a'), 'm4.yml': add('d', 'd'), 'm5.yml': add('e', 'f', 'g'),
        'm6.yml': add('f', 'database.size_bytes'), 'm7.yml': add('g', 'databas.size_bytes'), 'm8.yml': add('h', 'k'),
        'm9.yml': metric_yaml('k', {'name': 'opened'}), 'n1.yml': metric_yaml('k', {'name': 'opened', 'unique': 'user.id'}),
        'n2.yml': metric_yaml('k.below', {'name': 'opened'}), 'n3.yml': metric_yaml('l', {'name': 'x'}),
        'n4.yml': add('a', 'k'), 'a.b/n.yml': add('p', 'k'), 'a/n.yml': add('p', 'h')}))
    answer = run_json('validate', path, status=1)
    errors, warnings = said_by_server(db, path)
    assert {(p['file'], p['line'] or 0, ': '.join(filter(None, (p['key'], p['message'])))) for p in answer['problems']} == errors
    assert warnings == set()
    assert len(errors) == 10
