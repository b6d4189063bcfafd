"""The command's load: all files or none, what it says of the changes, --prune and its undo, --dry-run, roles and encodings."""

import json
import os
import pathlib
import subprocess

import pytest

from cluster import Database
from command import COMMAND, environment, run, run_json
from measuring import definition
from support import event_yaml, load_event, metric_yaml, one, session, waits_for_lock

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get('INTERNAL_EVENTS_CORPUS', CHECKOUT.parent / 'shared/corpus/gitlab'))

# Everything that loading may change, and the identity of what it may make anew.
STATE = '''
    SELECT to_jsonb(t)::text FROM internal_events.event_definitions t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.metric_definitions t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.metric_time_frames t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.metric_rules t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.rules t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.instrumentations t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.value_schemas t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.buckets t
     UNION ALL SELECT format('%s %s %s %s', c.oid, c.relname, c.relacl, c.relowner)
                 FROM pg_class c WHERE c.relnamespace IN ('metrics'::regnamespace, 'internal_events'::regnamespace)
     ORDER BY 1
'''


@pytest.fixture(name='folder')
def fixture_folder(tmp_path):
    """Returns a function that writes files {name: text}, or removes those of None, in a folder and returns that."""
    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        return tmp_path
    return write


@pytest.fixture(name='shop')
def fixture_shop(folder):
    """A folder with two events, metrics that count them, and a sum of these."""
    return folder({'events/opened.yml': event_yaml('opened'), 'events/closed.yml': event_yaml('closed'),
                   'metrics/opened.yml': metric_yaml('counts.opened', {'name': 'opened'}),
                   'metrics/closed.yml': metric_yaml('counts.closed', {'name': 'closed', 'unique': 'user.id'}),
                   'metrics/all.yml': definition('counts.all', time_frame='none', add=['counts.opened', 'counts.closed'])})


def changes(answer):
    """The changes of an answer in JSON as {(change, kind, name)}."""
    return {(c['change'], c['kind'], c['name']) for c in answer['definitions']}


def counts(answer):
    """How many definitions are new, changed, removed, unchanged."""
    return tuple(answer[word] for word in ('new', 'changed', 'removed', 'unchanged'))


def values(database):
    """The values of loaded metrics."""
    with session(database) as cursor:
        cursor.execute("SELECT key_path, value FROM internal_events.metric_values WHERE key_path LIKE 'counts.%'")
        return dict(cursor.fetchall())


def load(database, *arguments, **kw):
    """Runs load on a database and returns its answer."""
    return run_json('load', '--dbname', database.name, *arguments, database=database, **kw)


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


def test_prune_and_undo(db, shop, folder):
    """What has no file is removed, what it counted stays, and loading it again brings it back with its history."""
    load(db, shop)
    db.psql("SELECT track_event('opened', n), track_event('closed', n) FROM generate_series(1, 5) n; SELECT internal_events.rollup()")
    db.psql("SELECT track_event('closed', 9)")
    texts = {name: (shop / name).read_text() for name in ('metrics/closed.yml', 'events/closed.yml', 'metrics/all.yml')}
    folder(dict.fromkeys(texts))
    ran = run('load', '--dbname', db.name, shop, database=db)
    assert ran.stderr.splitlines()[1:] == ['3 loaded definitions are in none of the files; --prune removes them, '
                                           '--dry-run --prune shows them']
    assert values(db) == {'counts.opened': 5, 'counts.closed': 6, 'counts.all': 11}

    answer = load(db, '--prune', shop)
    assert changes(answer) == {('removed', 'event', 'closed'), ('removed', 'metric', 'counts.closed'), ('removed', 'metric', 'counts.all')}
    assert values(db) == {'counts.opened': 5}
    assert db.psql("SELECT to_regclass('metrics.\"counts.closed\"') IS NULL") == 't'
    assert db.psql("SELECT track_event('closed', 10)") == 'f'
    assert db.psql("SELECT status, definition ->> 'status' FROM internal_events.event_definitions WHERE name = 'closed'") == 'removed|removed'
    assert db.psql("SELECT internal_events.total_count('closed', '-infinity', 'infinity')") == '6'
    before = db.psql(STATE)
    assert counts(load(db, '--prune', shop)) == (0, 0, 0, 2)
    assert db.psql(STATE) == before
    assert load(db, shop)['without_file'] == 0

    folder(texts)
    assert changes(load(db, shop)) == {('new', 'event', 'closed'), ('new', 'metric', 'counts.closed'), ('new', 'metric', 'counts.all')}
    assert db.psql("SELECT track_event('closed', 10)") == 't'
    assert values(db) == {'counts.opened': 5, 'counts.closed': 7, 'counts.all': 12}
    assert db.psql('SELECT bool_and(ok) FROM internal_events.check_consistency()') == 't'


def test_prune_makes_room(db, shop, folder):
    """A key path that was in the way is free, and a metric that was made of a removed one is made anew with its grants."""
    load(db, shop)
    db.psql('CREATE ROLE dashboard; GRANT SELECT ON metrics."counts.all" TO dashboard')
    folder({'metrics/closed.yml': None, 'metrics/below.yml': metric_yaml('counts.closed.below', {'name': 'closed'}),
            'metrics/all.yml': definition('counts.all', time_frame='none', add=['counts.opened'])})
    assert changes(load(db, '--prune', shop)) == {('new', 'metric', 'counts.closed.below'), ('changed', 'metric', 'counts.all'),
                                                 ('removed', 'metric', 'counts.closed')}
    assert db.psql("SELECT has_table_privilege('dashboard', 'metrics.\"counts.all\"', 'SELECT')") == 't'
    db.psql('DROP OWNED BY dashboard; DROP ROLE dashboard')


def test_prune_refuses_what_is_used(db, shop, folder):
    """An event or a metric that a file still names cannot go: the file says so, and nothing is half done."""
    load(db, shop)
    before = db.psql(STATE)
    folder({'events/closed.yml': None})
    ran = run('load', '--prune', '--dbname', db.name, shop, database=db, status=1)
    assert '"closed" is not a known event' in ran.stdout
    folder({'events/closed.yml': event_yaml('closed'), 'metrics/opened.yml': None})
    ran = run('load', '--prune', '--dbname', db.name, shop, database=db, status=1)
    assert 'all.yml:1:' in ran.stdout and '"counts.opened" is not a known metric' in ran.stdout
    assert db.psql(STATE) == before


def test_prune_refuses_to_break_a_view(db, shop, folder):
    """A user's view on a metric that would go is named, and nothing is half done."""
    load(db, shop)
    db.psql('CREATE VIEW dashboard AS SELECT value FROM metrics."counts.all"')
    before = db.psql(STATE)
    folder({'metrics/all.yml': None, 'events/new.yml': event_yaml('new')})
    ran = run('load', '--prune', '--dbname', db.name, shop, database=db, status=1)
    assert ran.stderr.startswith('internal-events: nothing was loaded: metric counts.all: cannot drop view metrics."counts.all" '
                                 'because other objects depend on it\nview public.dashboard depends on view metrics."counts.all"\n')
    assert 'Remedy: Drop what depends on it' in ran.stderr
    assert db.psql(STATE) == before


def test_prune_of_all_kinds(db, folder):
    """Instrumentations and JSON Schemas are definitions too; built-in metrics are not."""
    texts = {'e.yml': event_yaml('opened'),
             'm.yml': definition('m', time_frame='none', value_type='object', sql="SELECT '{}'::jsonb", more={'value_json_schema': 'schemas/m.json'}),
             'c.yml': json.dumps({**json.loads(definition('c', time_frame='none')), 'instrumentation': None,
                                  'instrumentation_class': 'Count', 'options': {'b': 1.0, 'a': [2, {'z': 1, 'yy': 2}]}}),
             'i.yml': 'instrumentation_class: Count\noptions: {a: [2, {yy: 2, z: 1}], b: 1}\ninstrumentation: {sql: SELECT 1}\n',
             'j.yml': 'instrumentation_class: Count\ninstrumentation: {sql: SELECT 2}\n',
             'schemas/m.json': '{"type": "object"}', 'schemas/other.json': 'no JSON'}
    path = folder(texts)
    answer = load(db, path)
    name = 'Count {"a":[2,{"yy":2,"z":1}],"b":1}'
    assert changes(answer) == {('new', 'event', 'opened'), ('new', 'metric', 'm'), ('new', 'metric', 'c'), ('new', 'instrumentation', name),
                               ('new', 'instrumentation', 'Count'), ('new', 'value_schema', 'schemas/m.json')}
    assert counts(load(db, path)) == (0, 0, 0, 6)
    assert db.psql("SELECT internal_events.metric_value('c')") == '1'
    built_in = db.psql('SELECT count(*) FROM internal_events.reported_metrics WHERE metric_definition_id IS NULL')
    folder({'i.yml': None, 'm.yml': None})
    assert changes(load(db, '--prune', path)) == {('removed', 'instrumentation', name), ('removed', 'metric', 'm'),
                                                 ('removed', 'value_schema', 'schemas/m.json')}
    assert db.psql("SELECT internal_events.metric_value('c')") == '2'
    folder({'i.yml': texts['i.yml'], 'm.yml': texts['m.yml'], 'j.yml': None, 'c.yml': None, 'e.yml': None})
    assert counts(load(db, '--prune', path)) == (3, 0, 3, 0)
    assert db.psql('SELECT count(*) FROM internal_events.reported_metrics WHERE metric_definition_id IS NULL') == built_in


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
            assert db.psql("SET lock_timeout = '1ms'; SELECT count(*) FROM internal_events.metric_values; SELECT track_event('x')")
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


def test_functions_of_removal(db, shop):
    """In SQL: false where there is nothing to remove, an error where something counts on it."""
    load(db, shop)
    refused = db.psql("SELECT internal_events.remove_event_definition('closed')", check=False)
    assert 'event "closed" is counted by metrics: counts.closed' in refused
    refused = db.psql("SELECT internal_events.remove_metric_definition('counts.closed')", check=False)
    assert 'metric "counts.closed" is part of metrics: counts.all' in refused
    for call, answers in (("remove_metric_definition('counts.all')", 't'), ("remove_metric_definition('counts.closed')", 't'),
                          ("remove_event_definition('closed')", 't'), ("remove_event_definition('closed')", 'f'),
                          ("remove_metric_definition('counts.closed')", 'f'), ("remove_metric_definition('nowhere')", 'f'),
                          ("remove_event_definition('nowhere')", 'f'), ("remove_value_schema('nowhere')", 'f')):
        assert db.psql(f'SELECT internal_events.{call}') == answers, call
    assert db.psql('SELECT status, count(*) FROM internal_events.metric_definitions GROUP BY 1 ORDER BY 1') == 'active|1\nremoved|2'


def test_a_bar_on_a_terminal(db, shop):
    """On a terminal there are colours and a bar, which is gone at the end."""
    ran = subprocess.run(['script', '-qec', f'{COMMAND} load {shop}', '/dev/null'], env=environment(db, TERM='xterm'),
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=60)
    assert b'\rLoading [' in ran.stdout
    assert b'\r\033[K\033[32m+ event closed\033[0m' in ran.stdout
