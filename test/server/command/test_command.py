"""What the subcommands of internal-events have in common: help, exit statuses, connections, output, completion, man page."""

import contextlib
import os
import pathlib
import re
import subprocess

import pexpect
import pytest

from command import COMMAND, environment, run
from support import CHECKOUT, VERSION

ROOT = CHECKOUT / 'build/root/usr/local'
COMPLETION = ROOT / 'share/bash-completion/completions/internal-events'
MAN_PAGE = ROOT / 'share/man/man1/internal-events.1'
INSTALLED = ['bin/internal-events', 'share/bash-completion/completions/internal-events', 'share/man/man1/internal-events.1']
PAGE = (CHECKOUT / 'docs/command.md').read_text(encoding='utf-8')
# As wide as a page of a terminal that is not narrow; examples may be as long as they are.
WIDTH = 100


def subcommands(*path):
    """Returns the names of the subcommands of a command, as its help lists them."""
    shown = run(*path, '--help').stdout
    listed = re.search(r'^Subcommands:\n((?:  .*\n)+)', shown, re.MULTILINE)
    return re.findall(r'^  (\S+)', listed[1], re.MULTILINE) if listed else []


def all_commands():
    """Returns every command that there is: (), ('ping',), ('ping', 'send') ..."""
    found = [()]
    for path in found:
        found += [(*path, name) for name in subcommands(*path)]
    return found


COMMANDS = all_commands()
BELOW = [path for path in COMMANDS if path]


def options_of(path):
    """Returns the long options of a command, as its help shows them."""
    return set(re.findall(r'^  (?:-\w, )?(--[a-z-]+)', run(*path, '--help').stdout, re.MULTILINE))


def section(name):
    """Returns the section of docs/command.md on a subcommand."""
    return re.search(rf'^## {re.escape(name)}\n(.*?)(?=^## |\Z)', PAGE, re.MULTILINE | re.DOTALL)[1]


@pytest.mark.parametrize('path', COMMANDS, ids=' '.join)
def test_help(path):
    """Help fits the screen, is plain text, and shows examples that begin with the subcommand itself."""
    shown = run(*path, '--help')
    assert not shown.stderr and '\033' not in shown.stdout
    assert '=[]' not in shown.stdout and 'TEXT:' not in shown.stdout
    text, _, examples = shown.stdout.partition('\nExamples:\n')
    assert max(map(len, text.splitlines())) <= WIDTH, text
    if path and not subcommands(*path):
        lines = examples.strip('\n').splitlines()
        assert lines and all(line.startswith('  ') for line in lines)
        assert f'internal-events {" ".join(path)}' in examples


def test_help_of_all():
    """--help-all has each subcommand and option."""
    shown = run('--help-all').stdout
    for path in BELOW:
        assert re.search(rf'^ *{path[-1]}$', shown, re.MULTILINE), path
        assert options_of(path) - {'--help'} <= set(re.findall(r'--[a-z-]+', shown)), path


def test_version():
    """It is the extension's."""
    assert run('--version').stdout == f'internal-events {VERSION}\n'


@pytest.mark.parametrize('name', sorted({path[0] for path in BELOW}))
def test_documented(name):
    """docs/command.md has every option of a subcommand, and no other; what is common to all is said once."""
    common = set(re.findall(r'`(--[a-z]+[a-z-]*)', PAGE.split('\n## ')[1]))
    has = set().union(*(options_of(path) for path in BELOW if path[0] == name))
    text = section(name)
    rows = set(re.findall(r'^\| `(?:-\w`, `)?(--[a-z]+[a-z-]*)', text, re.MULTILINE))
    assert rows <= has, f'not options of {name}: {rows - has}'
    assert has <= rows | common | set(re.findall(r'--[a-z]+[a-z-]*', text)), f'not in docs/command.md: {has - rows - common}'
    for path in BELOW:
        assert path[-1] in section(path[0]) + path[0]


def test_sections():
    """Every subcommand has a section, in the order of --help."""
    assert [name for name in re.findall(r'^## (\S+)$', PAGE, re.MULTILINE)
            if name in subcommands()] == subcommands()


@pytest.mark.parametrize(('arguments', 'words'), [
    ([], 'A subcommand is required'),
    (['statu'], 'there is no subcommand "statu"; did you mean "status"?'),
    (['--color', 'never', 'validte', 'x'], 'there is no subcommand "validte"; did you mean "validate"?'),
    (['frobnicate'], 'there is no subcommand "frobnicate"'),
    (['status', '--jso'], 'there is no option "--jso"; did you mean "--json"?'),
    (['validate', '--strct'], 'there is no option "--strct"; did you mean "--strict"?'),
    (['status', '--format=xml'], '--format: xml not in'),
    (['status', '--color=blue'], '--color'),
    (['validate'], 'PATH is required'),
])
def test_usage_errors(arguments, words):
    """A call that is wrong ends with 2, says what is wrong, and where to read more; nothing goes to standard output."""
    ran = run(*arguments, status=2)
    assert words in ran.stderr and not ran.stdout
    assert re.search(r'^Remedy: internal-events.* --help', ran.stderr, re.MULTILINE)


@pytest.mark.parametrize('path', BELOW, ids=' '.join)
def test_unknown_option(path):
    """Each subcommand refuses what it does not know."""
    assert '--no-such-option' in run(*path, '--no-such-option', status=2).stderr


@pytest.fixture(name='with_password', scope='module')
def fixture_with_password(cluster):
    """A user whom the server asks for a password."""
    cluster.psql("CREATE ROLE careful LOGIN PASSWORD 'right'")
    hba = cluster.data / 'pg_hba.conf'
    hba.write_text('local all careful scram-sha-256\n' + hba.read_text())
    cluster.psql('SELECT pg_reload_conf()')


def test_connections(cluster, db, with_password):  # pylint: disable=unused-argument
    """Each way in which a connection fails is an answer with a remedy, exit status 1; libpq's variables work."""
    for env, words in [({'PGHOST': '/nowhere'}, 'No such file or directory'),
                       ({'PGPORT': '1'}, 'Is the server running'),
                       ({'PGDATABASE': 'missing'}, 'database "missing" does not exist'),
                       ({'PGUSER': 'stranger'}, 'role "stranger" does not exist'),
                       ({'PGUSER': 'careful', 'PGPASSWORD': 'wrong'}, 'password authentication failed for user "careful"'),
                       ({'PGUSER': 'careful'}, 'no password supplied'),
                       ({'PGDATABASE': 'postgres'}, 'does not have the extension internal_events')]:
        ran = run('status', database=db, env=env, status=1)
        assert words in ran.stderr and 'Remedy: ' in ran.stderr and not ran.stdout
    ran = run('status', database=db, env={'PGUSER': 'careful', 'PGPASSWORD': 'right'}, status=1)
    assert 'permission denied' in ran.stderr
    for dbname in (db.name, db.dsn(), f'postgresql:///{db.name}'):
        assert f'database "{db.name}"' in run('status', '-d', dbname, database=db, status=None).stdout
    service = pathlib.Path(cluster.directory) / 'service.conf'
    service.write_text(f'[here]\nhost={cluster.socket}\nport={cluster.port}\nuser=postgres\ndbname={db.name}\n')
    assert f'database "{db.name}"' in run('status', '-d', 'service=here', status=None,
                                          env={'PGSERVICEFILE': str(service)}).stdout


def shell(command, env=None):
    """Runs a shell's pipeline with internal-events in PATH and returns what it printed and its exit statuses."""
    script = f'set -o pipefail; {command}; echo "${{PIPESTATUS[@]}}"'
    ran = subprocess.run(['bash', '--norc', '-c', script], env=env or environment(PATH=f'{COMMAND.parent}:{os.environ["PATH"]}'),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    *lines, statuses = ran.stdout.splitlines()
    return lines, statuses.split(), ran.stderr


def test_output_that_ends(tmp_path):
    """Whoever reads the first line only is left alone; a disk that is full is an error."""
    lines, statuses, errors = shell('internal-events --help-all | head -n 1')
    assert len(lines) == 1 and statuses[1] == '0' and not errors
    _, statuses, errors = shell('internal-events completion bash >/dev/full')
    assert statuses == ['1'] and 'cannot write the answer: No space left on device' in errors
    _, statuses, errors = shell(f'echo "action: 1" >{tmp_path}/e.yml; internal-events validate {tmp_path} >/dev/full')
    assert statuses == ['1'] and 'cannot write the answer: No space left on device' in errors


def test_colours(db):
    """Colours are for terminals; NO_COLOR and --color have their say."""
    plain = {'TERM': 'xterm'}
    for arguments, more, coloured in [([], {}, True), ([], {'NO_COLOR': '1'}, False), (['--color=never'], {}, False),
                                      (['--color=always'], {'NO_COLOR': '1'}, True)]:
        shown = pexpect.run(f'{COMMAND} {" ".join(arguments)} status', env=environment(db, **plain, **more), timeout=20)
        assert b'Versions' in shown and (b'\033[' in shown) == coloured, arguments
    assert '\033[' not in run('status', database=db, status=None).stdout
    assert '\033[' in run('--color=always', 'status', database=db, status=None).stdout


def complete(*words):
    """Returns what bash offers for the last word, after the script of `make install` has been read."""
    script = (f'source {COMPLETION}; complete -p internal-events >/dev/null || exit 1; COMP_WORDS=("$@"); '
              'COMP_CWORD=$(($# - 1)); _internal_events; printf "%s\\n" "${COMPREPLY[@]}"')
    ran = subprocess.run(['bash', '--norc', '-c', script, 'bash', 'internal-events', *words], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, check=True)
    assert not ran.stderr
    return ran.stdout.split()


def test_completion():
    """Subcommands, options and values of options are offered; file names where an argument is one."""
    assert complete('stat') == ['status']
    assert set(subcommands()) <= set(complete(''))
    assert complete('--col') == ['--color'] and complete('--color', 'al') == ['always']
    assert complete('status', '--form') == ['--format']
    assert complete('status', '--format', '') == ['text', 'json', 'prometheus']
    # As bash breaks --format=js into words.
    assert complete('status', '--format', '=', 'js') == ['json']
    assert complete('status', '--format', '=') == ['text', 'json', 'prometheus']
    assert complete('--color', 'never', 'status', '--js') == ['--json']
    assert complete('validate', 'conf') == []
    for path in BELOW:
        assert set(complete(*path, '--')) == options_of(path), path


def test_completion_at_the_keyboard():
    """In a bash that somebody types into, the tab key completes."""
    bash = pexpect.spawn('bash --norc --noprofile -i', env=environment(PS1='$ ', TERM='dumb'), encoding='utf-8', timeout=20)
    with contextlib.closing(bash):
        bash.sendline(f'source {COMPLETION}; alias internal-events={COMMAND}')
        bash.sendline('echo re""ady')
        bash.expect_exact('ready')
        bash.send('internal-events comple\tba\t\n')
        bash.expect_exact('complete -o default -F _internal_events internal-events')


def test_completion_of_zsh(tmp_path):
    """zsh reads the same by its bashcompinit, and completes where somebody types."""
    assert run('completion', 'zsh').stdout.endswith(run('completion', 'bash').stdout)
    zsh = pexpect.spawn('zsh -f -i', env=environment(PS1='$ ', TERM='dumb', ZDOTDIR=str(tmp_path)),
                        encoding='utf-8', timeout=20)
    with contextlib.closing(zsh):
        zsh.sendline(f'PATH={COMMAND.parent}:$PATH; source <(internal-events completion zsh); echo re""ady')
        zsh.expect_exact('ready\r')
        zsh.send('internal-events valid\t--form\tgi\t')
        zsh.expect('validate .*--format .*github')


def test_man_page():
    """It is rendered without a warning, found by its name, and says what docs/command.md does."""
    rendered = subprocess.run(['groff', '-man', '-Tutf8', '-P-c', '-P-b', '-P-u', '-ww', '-rLL=100n', MAN_PAGE], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=True)
    assert not rendered.stderr
    text = rendered.stdout
    found = subprocess.run(['lexgrog', MAN_PAGE], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert 'internal-events - product analytics inside PostgreSQL' in found
    for heading in ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'SEE ALSO', *(name.upper() for name in subcommands())):
        assert re.search(rf'^{heading}$', text, re.MULTILINE), heading
    words = ' '.join(text.replace('‐\n', '').replace('‐', '-').split())
    assert '--format FORMAT text: one screen' in words and '](' not in words and '`' not in words
    assert 'redis://[[user]:password@]host[:port][/database]' in words, 'a cell with the mark that parts them'
    raw = MAN_PAGE.read_text()
    assert '.TS' not in raw and not re.search(r'\b20\d\d-\d\d-\d\dT|\.TH .*\b(19|20)\d\d\b', raw)


def make(*arguments):
    """Runs make, which has nothing left to build."""
    return subprocess.run(['make', '-s', *arguments], cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)


def files_below(folder):
    """Returns the files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob('*') if path.is_file())


def test_install(tmp_path):
    """make install puts the command below DESTDIR and PREFIX; make uninstall leaves nothing behind."""
    make('install', f'DESTDIR={tmp_path}', 'PREFIX=/opt/ie')
    assert files_below(tmp_path / 'opt/ie') == INSTALLED
    assert any(path.endswith('internal_events.control') for path in files_below(tmp_path))
    shown = subprocess.run([tmp_path / 'opt/ie/bin/internal-events', '--version'], stdout=subprocess.PIPE, text=True, check=True)
    assert shown.stdout == run('--version').stdout
    make('uninstall', f'DESTDIR={tmp_path}', 'PREFIX=/opt/ie')
    assert files_below(tmp_path) == []


def test_install_of_the_command_alone(tmp_path):
    """make install-command asks nothing of PostgreSQL's server, not even where it is."""
    (built,) = CHECKOUT.glob('build/pg*/core')
    alone = [f'DESTDIR={tmp_path}', 'PG_CONFIG=/nowhere', f'COMMAND_BUILD={built.relative_to(CHECKOUT)}']
    make('install-command', *alone)
    assert files_below(tmp_path) == [f'usr/local/{name}' for name in INSTALLED]
    make('uninstall-command', *alone)
    assert files_below(tmp_path) == []
