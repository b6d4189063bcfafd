"""The command's load: all files or none, what it says of the changes, --dry-run, roles, encodings, several at once."""

import functools
import json
import subprocess

import pytest

from cluster import Database
from command import COMMAND, environment, run, run_json
from loading import STATE, changes, counts, load, values, write_files, write_shop
from measuring import definition
from support import CHECKOUT, CORPUS, event_yaml, load_event, metric_yaml, one, session, waits_for_lock



@pytest.fixture(name='folder')
def fixture_folder(tmp_path):
    """Returns a function that writes files {name: text}, or removes those of None, in a folder and returns that."""
    return functools.partial(write_files, tmp_path)


@pytest.fixture(name='shop')
def fixture_shop(tmp_path):
    """A folder with two events, metrics that count them, and a sum of these."""
    return write_shop(tmp_path)


def test_first_and_second_time(db, shop):
    """All is new, then all is unchanged; the metrics count."""
    ran = run('load', '--dbname', db.name, '.', database=db, cwd=shop)
    assert ran.stdout.splitlines() == [
        '+ event closed  events/closed.yml', '+ event opened  events/opened.yml',
        '+ metric counts.all  metrics/all.yml', '+ metric counts.closed  metrics/closed.yml',
        '+ metric counts.opened  metrics/opened.yml']
    assert ran.stderr == f'database "test" on {db.cluster.socket}: 5 new, 0 changed, 0 removed, 0 unchanged\n'
    before = db.psql(STATE)
    ran = run('load', '.', database=db, cwd=shop)
    assert ran.stdout == ''
    assert '0 new, 0 changed, 0 removed, 5 unchanged' in ran.stderr
    assert db.psql(STATE) == before
    db.psql("SELECT track_event('opened', n), track_event('closed', n % 2) FROM generate_series(1, 6) n")
    assert values(db) == {'counts.opened': 6, 'counts.closed': 2, 'counts.all': 8}
    assert db.psql("SELECT path FROM internal_events.event_definitions WHERE name = 'opened'") == 'events/opened.yml'


def test_changes(db, shop, folder):
    """New, changed and unchanged ones; comments, order and place of a file are no change, but the place is kept."""
    load(db, shop)
    opened = json.loads(metric_yaml('counts.opened', {'name': 'opened'}))
    folder({'metrics/opened.yml': None, 'elsewhere.yml': '# A comment\n' + json.dumps(dict(reversed(opened.items()))),
            'events/closed.yml': event_yaml('closed', properties=('label', 'colour')), 'events/new.yml': event_yaml('new')})
    answer = load(db, shop)
    assert changes(answer) == {('new', 'event', 'new'), ('changed', 'event', 'closed')}
    assert counts(answer) == (1, 1, 0, 4)
    assert (answer['loaded'], answer['dry_run'], answer['problems'], answer['without_file']) == (True, False, [], 0)
    assert db.psql("SELECT path FROM internal_events.metric_definitions WHERE key_path = 'counts.opened'") == f'{shop}/elsewhere.yml'
    named = run('load', '--verbose', '--dbname', db.name, shop, database=db).stdout
    assert f'  metric counts.all  {shop}/metrics/all.yml\n' in named
    assert len(load(db, '-v', shop)['definitions']) == 6


def test_status_removed(db, shop, folder):
    """A file that says that its definition is removed removes it, and one that does no longer brings it back."""
    load(db, shop)
    folder({'metrics/all.yml': definition('counts.all', time_frame='none', add=['counts.opened'], more={'status': 'removed'})})
    assert changes(load(db, shop)) == {('removed', 'metric', 'counts.all')}
    assert 'counts.all' not in values(db)
    assert counts(load(db, shop)) == (0, 0, 0, 5)
    folder({'metrics/all.yml': definition('counts.all', time_frame='none', add=['counts.opened'])})
    assert changes(load(db, shop)) == {('new', 'metric', 'counts.all')}
    assert values(db)['counts.all'] == 0


def test_errors_touch_nothing(db, shop, folder):
    """One error, and every problem is shown, the exit status is 1, and the database is as it was."""
    before = db.psql(STATE)
    folder({'events/wrong.yml': event_yaml('wrong', status='gone'),
            'metrics/warned.yml': metric_yaml('counts.warned', {'name': 'opened', 'filter': {'property': 'x'}})})
    ran = run('load', '--dbname', db.name, shop, database=db, status=1)
    assert f'{shop}/events/wrong.yml:1:' in ran.stdout and f'{shop}/metrics/warned.yml:1:' in ran.stdout
    assert '7 files: 1 error, 1 warning' in ran.stderr and 'Nothing was loaded' in ran.stderr
    assert db.psql(STATE) == before
    answer = load(db, shop, status=1)
    assert answer['loaded'] is False
    assert [(p['severity'], p['key']) for p in answer['problems']] == [('error', 'status'), ('warning', 'events[0].filter.property')]
    assert run('load', '--dbname', db.name, 'nowhere', database=db, status=2).stderr.startswith(
        'internal-events: nowhere is not there')


def test_what_the_database_has_counts(db, folder):
    """Files are held against what is loaded besides: its events may be named, its key paths are taken."""
    load_event(db, 'opened')
    path = folder({'a.yml': metric_yaml('counts.opened', {'name': 'opened'})})
    assert counts(load(db, path)) == (1, 0, 0, 0)
    folder({'a.yml': None, 'b.yml': metric_yaml('counts.opened.today', {'name': 'opened'}), 'c.yml': metric_yaml('d', {'name': 'x'})})
    answer = load(db, path, status=1)
    assert [p['key'] for p in answer['problems']] == ['key_path', 'events[0].name']


def test_warnings(db, folder):
    """What the command and the server both find is said once, and what the server alone knows is said too."""
    path = folder({'e.yml': event_yaml('opened', properties=()),
                   'm.yml': metric_yaml('counts.opened', {'name': 'opened', 'filter': {'label': 'x'}}),
                   'q.yml': definition('counts.rows', operation='count', relation='nowhere')})
    ran = run('load', '--dbname', db.name, path, database=db)
    warnings = [line for line in ran.stdout.splitlines() if 'warning: ' in line]
    assert len(warnings) == 2
    assert warnings[0].startswith(f'{path}/m.yml:1:')
    assert warnings[1].startswith(f'{path}/q.yml: warning: metric "counts.rows" cannot be calculated yet: ')
    assert warnings[1].endswith('Create what it names, then load the definition again.')
    assert 'WARNING' not in ran.stderr
    assert [p['severity'] for p in load(db, path)['problems']] == ['warning', 'warning']
    assert run('load', '--strict', '--dbname', db.name, path, database=db).returncode == 0


def test_an_error_of_the_server_rolls_back(db, shop, folder):
    """What only the server can find names the file, and nothing of the others stays."""
    before = db.psql(STATE)
    folder({'metrics/odd.yml': definition('odd', time_frame='none', sql='SELECT odd FROM pg_class')})
    ran = run('load', '--dbname', db.name, shop, database=db, status=1)
    assert ran.stdout == ''
    assert ran.stderr.startswith(f'internal-events: nothing was loaded: {shop}/metrics/odd.yml: instrumentation of "odd": '
                                 'column "odd" does not exist')
    assert 'Remedy: Names outside of pg_catalog need their schema.' in ran.stderr
    assert db.psql(STATE) == before


def test_dry_run(db, shop, folder):
    """A dry run says what would be, exactly, and leaves no trace."""
    before = db.psql(STATE)
    answer = load(db, '--dry-run', shop)
    assert (answer['dry_run'], answer['loaded'], counts(answer)) == (True, False, (5, 0, 0, 0))
    assert db.psql(STATE) == before
    really = load(db, shop)
    assert (really['definitions'], counts(really)) == (answer['definitions'], (5, 0, 0, 0))
    before = db.psql(STATE)
    folder({'metrics/closed.yml': None, 'events/closed.yml': None, 'metrics/all.yml': None, 'events/new.yml': event_yaml('new')})
    ran = run('load', '--dry-run', '--prune', '--dbname', db.name, shop, database=db)
    assert ran.stdout == (f'+ event new  {shop}/events/new.yml\n- event closed  {shop}/events/closed.yml\n'
                          f'- metric counts.all  {shop}/metrics/all.yml\n- metric counts.closed  {shop}/metrics/closed.yml\n')
    assert ran.stderr.splitlines()[-1] == 'Dry run: nothing was changed'
    assert db.psql(STATE) == before


def test_our_definitions(db):
    """The samples are loaded, all of them."""
    folders = [CHECKOUT / 'definitions' / name for name in ('events', 'metrics', 'instrumentations')]
    answer = load(db, *folders)
    assert answer['new'] == sum(1 for folder in folders for _ in folder.rglob('*.yml'))
    assert counts(load(db, *folders)) == (0, 0, 0, answer['new'])


@pytest.mark.skipif(not CORPUS.is_dir(), reason='the corpus of GitLab definitions is not here')
def test_gitlabs_definitions(db, cluster, tmp_path):
    """The corpus has errors and is refused whole; without the files in error all of it is loaded, as by load_definitions()."""
    before = db.psql(STATE)
    refused = load(db, CORPUS, status=1)
    wrong = {p['file'] for p in refused['problems'] if p['severity'] == 'error'}
    assert len(wrong) == 21 and db.psql(STATE) == before
    good = tmp_path / 'good'
    for path in CORPUS.rglob('*.*'):
        if str(path) not in wrong and path.suffix in ('.yml', '.json'):
            copy = good / path.relative_to(CORPUS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    assert counts(load(db, good)) == (171, 0, 0, 0)
    shared = cluster.share(good)
    stored = 'SELECT key_path, definition, status, instrumentation FROM internal_events.metric_definitions ORDER BY 1'
    loaded = db.psql(stored)
    assert db.psql(f"SELECT count(*) FROM internal_events.load_definitions('{shared}') WHERE error IS NOT NULL") == '0'
    assert db.psql(stored) == loaded
    assert counts(load(db, good)) == (0, 0, 0, 171)


def test_roles(db, roles, shop):  # pylint: disable=unused-argument
    """An admin may load, others are told what they lack."""
    for role in ('nobody', 'writer', 'reader'):
        ran = run('load', '--dbname', f'dbname=test user={role}', shop, database=db, status=1)
        assert ran.stderr.startswith(f'internal-events: role {role} may not load definitions into database "test"')
        assert f'Remedy: GRANT internal_events_admin TO {role}' in ran.stderr
    assert counts(run_json('load', '--dbname', 'dbname=test user=admin', shop, database=db)) == (5, 0, 0, 0)
    (shop / 'metrics/all.yml').unlink()
    assert counts(run_json('load', '--prune', '--dbname', 'dbname=test user=admin', shop, database=db)) == (0, 0, 1, 4)
    ran = run('load', '--dbname', 'postgres', shop, database=db, status=1)
    assert 'does not have the extension internal_events' in ran.stderr


def test_two_at_once(db, shop):
    """A second load waits for the first, says so, and finds everything there."""
    with session(db, autocommit=False) as cursor:
        assert one(cursor, 'SELECT internal_events.lock_definitions(false)')
        assert db.psql('SELECT internal_events.lock_definitions(false)') == 'f'
        with subprocess.Popen([COMMAND, 'load', '--json', shop], env=environment(db), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as waiting:
            assert waiting.stderr.readline() == 'Another session is loading definitions; waiting until it has ended\n'
            pid = "SELECT pid FROM pg_stat_activity WHERE application_name = 'internal-events'"
            while not waits_for_lock(db, int(db.psql(pid))):
                assert waiting.poll() is None
            # Whoever tracks and reads waits for nobody.
            assert db.psql("SET lock_timeout = '5s'; SELECT count(*) FROM internal_events.metric_values; SELECT track_event('x')")
            cursor.connection.commit()
            answer, rest = waiting.communicate(timeout=60)
    assert (waiting.returncode, rest) == (0, '')
    assert counts(json.loads(answer)) == (5, 0, 0, 0)


def test_many_at_once(db, shop, folder):
    """Loads of the same definitions in other orders all end, without a deadlock; only one finds them new."""
    other = folder({f'other/{name}/{path.name}': path.read_text() for name, path in
                    zip('dcbaz', sorted(shop.rglob('*.yml')))}) / 'other'
    started = [subprocess.Popen([COMMAND, 'load', '--json', path], env=environment(db), stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)
               for path in (shop / 'events', other, other, other)]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in started]
    assert [process.returncode for process in started] == [0] * 4
    assert sum(answer['new'] for answer in answers) == 5


def test_encodings(cluster, template, folder):  # pylint: disable=unused-argument
    """What a database's encoding has is loaded as it is meant; what it has not is refused, by file."""
    cluster.psql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C';"
                 "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    path = folder({'a.yml': 'action: a\ndescription: Größe\n'})
    for name in ('latin', 'ascii'):
        database = Database(cluster, name)
        database.psql('CREATE EXTENSION internal_events CASCADE')
        assert counts(load(database, path)) == (1, 0, 0, 0)
        assert counts(load(database, path)) == (0, 0, 0, 1)
        assert database.psql("SET client_encoding = 'UTF8'; SELECT definition ->> 'description' FROM internal_events.event_definitions") \
            == 'Größe'
    folder({'b.yml': 'action: b\ndescription: 大きさ\n'})
    ran = run('load', '--dbname', 'latin', path, database=Database(cluster, 'latin'), status=1)
    assert ran.stderr.startswith(f'internal-events: nothing was loaded: {path}/b.yml: character with byte sequence')
    assert 'Remedy: Leave the character out, or load into a database whose encoding has it, such as UTF8.' in ran.stderr
    cluster.psql('DROP DATABASE latin; DROP DATABASE ascii')


def test_a_bar_on_a_terminal(db, shop):
    """On a terminal there are colours and a bar, which is gone at the end."""
    ran = subprocess.run(['script', '-qec', f'{COMMAND} load {shop}', '/dev/null'], env=environment(db, TERM='xterm'),
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=60)
    assert b'\rLoading [' in ran.stdout
    assert b'\r\033[K\033[32m+ event closed\033[0m' in ran.stdout
