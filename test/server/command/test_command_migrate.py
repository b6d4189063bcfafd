"""internal-events migrate: metrics on Redis become metrics of Internal Events, and calls to replace are found."""

import json
import shutil
import subprocess

import pytest

from command import COMMAND, environment, run, run_json
from migrating import contents, metric, write_tree
from support import CORPUS, session

with_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason='the corpus of GitLab definitions is not here')

EVENT = '---\ndescription: A board is opened\ninternal_events: true\naction: board_opened\nidentifiers:\n  - user\n'

@pytest.fixture(name='tree')
def fixture_tree(tmp_path):
    """Returns a function that writes files {path: text}, and the folder that they are in."""
    return lambda files: write_tree(tmp_path, files)


def load(cluster, database, folder):
    """Loads a folder into a database; returns the errors by path."""
    with session(database) as cursor:
        cursor.execute('SELECT path, error FROM internal_events.load_definitions(%s)', (str(cluster.share(folder)),))
        return {path: error for path, error in cursor.fetchall() if error is not None}


def value(cursor, key_path):
    """Returns the value of a metric."""
    cursor.execute('SELECT internal_events.metric_value(%s)', (key_path,))
    return cursor.fetchone()[0]


@pytest.fixture(name='corpus')
def fixture_corpus(tmp_path):
    """A copy of the corpus that may be changed."""
    copy = tmp_path / 'gitlab'
    shutil.copytree(CORPUS, copy, copy_function=shutil.copyfile)
    for path in [copy, *copy.rglob('*')]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


def overrides(corpus):
    """Returns the options that name GitLab's files of key overrides."""
    folder = corpus / 'lib/gitlab/usage_data_counters'
    return ['--hll-overrides', folder / 'hll_redis_key_overrides.yml',
            '--counter-overrides', folder / 'total_counter_redis_key_overrides.yml']


@with_corpus
def test_gitlab_metrics(cluster, db, corpus):
    """Each of GitLab's metrics on Redis is rewritten, loads and counts, or is listed with a reason and left untouched."""
    on_redis = {str(path.relative_to(corpus)): path.read_text() for path in (corpus / 'config').rglob('*.yml')
                if 'data_source: redis' in path.read_text() or 'data_source:  redis' in path.read_text()}
    assert len(on_redis) == 21
    undeclared = corpus / 'config/events/ci_template_included.yml'
    answer = run_json('migrate', '-n', 'config', *overrides(corpus), cwd=corpus, status=1)
    assert any('"ci_template_included" does not declare the property "label"' in entry['reason'] for entry in answer['left'])
    undeclared.write_text(undeclared.read_text() + 'additional_properties:\n  label:\n  property:\n')
    before = contents(corpus)
    answer = run_json('migrate', 'config', *overrides(corpus), cwd=corpus, status=1)
    migrated = {entry['file']: entry for entry in answer['migrated']}
    left = {entry['file']: entry for entry in answer['left']}
    assert migrated.keys() | left.keys() == on_redis.keys()
    assert not migrated.keys() & left.keys()
    assert len(migrated) == 14
    assert all(entry['reason'] and (entry['remedy'] or not entry['needs_hand']) for entry in left.values())
    assert {'removed' in on_redis[name] for name, entry in left.items() if not entry['needs_hand']} == {True}
    after = contents(corpus)
    written = {entry['file'] for entry in answer['events']}
    assert {name for name, text in after.items() if before.get(name) != text} == migrated.keys() | written
    sast = migrated['config/metrics/counts_28d/20210216184546_p_ci_templates_security_sast_monthly.yml']
    assert sast['events'] == [{'name': 'ci_template_included', 'unique': 'project.id',
                               'filter': {'label': 'security_sast', 'property': 'false'}}]
    pushes = migrated['config/metrics/counts_all/20210216182006_source_code_pushes.yml']
    assert pushes['events'] == [{'name': 'source_code_pushed'}]

    errors = load(cluster, db, corpus / 'config')
    assert not {name for name in errors for other in migrated.keys() | written if name.endswith(other)}
    with session(db) as cursor:
        for entry in migrated.values():
            rule = entry['events'][-1]
            cursor.execute("SELECT track_event(%s, 7, 8, 9, additional_properties => %s,"
                           " occurred_at => date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 day')",
                           (rule['name'], json.dumps(rule.get('filter', {}))))
            assert cursor.fetchone()[0], rule
            assert value(cursor, entry['key_path']) == 1, entry


@with_corpus
def test_gitlab_diff_applies(corpus, tmp_path):
    """The patch of a dry run does what a run does; a second run finds nothing more to do."""
    twin = tmp_path / 'twin'
    shutil.copytree(corpus, twin)
    before = contents(corpus)
    patch = run('migrate', '--dry-run', 'config', *overrides(corpus), cwd=corpus, status=1).stdout
    assert contents(corpus) == before
    subprocess.run(['patch', '-p1', '--silent'], input=patch, text=True, cwd=twin, check=True)
    run('migrate', 'config', *overrides(corpus), cwd=corpus, status=1)
    assert contents(corpus) == contents(twin) != before
    again = run_json('migrate', 'config', *overrides(corpus), cwd=corpus, status=1)
    assert again['migrated'] == again['events'] == []
    assert contents(corpus) == contents(twin)
    subprocess.run(['patch', '-p1', '-R', '--silent'], input=patch, text=True, cwd=corpus, check=True)
    assert contents(corpus) == before


def test_files(cluster, db, tree):
    """Comments, line ends, permissions and links stay; events that are missing are written; the result counts."""
    folder = tree({'planner/events/board_opened.yml': EVENT,
                   'planner/metrics/board.yml': metric('board'),
                   'planner/metrics/list.yml': metric('list').replace('\n', '\r\n'),
                   'elsewhere/card.yml': metric('card') + '\n'})
    (folder / 'planner/metrics/card.yml').symlink_to(folder / 'elsewhere/card.yml')
    (folder / 'planner/metrics/board.yml').chmod(0o640)
    ran = run('migrate', 'planner', '--identifier', 'list_opened=project', cwd=folder)
    events = 'events:\n- name: {name}_opened # by a click\n  unique: {unique}'
    rewritten = {name: metric(name, events.format(name=name, unique=unique), 'internal_events')
                 for name, unique in (('board', 'user.id'), ('list', 'project.id'), ('card', 'user.id'))}
    assert (folder / 'planner/metrics/board.yml').read_text() == rewritten['board']
    assert (folder / 'planner/metrics/list.yml').read_bytes().decode() == rewritten['list'].replace('\n', '\r\n')
    assert (folder / 'planner/metrics/card.yml').is_symlink()
    assert (folder / 'elsewhere/card.yml').read_text() == rewritten['card'] + '\n'
    assert (folder / 'planner/metrics/board.yml').stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in (folder / 'planner/events').iterdir()) == [
        'board_opened.yml', 'card_opened.yml', 'list_opened.yml']
    assert (folder / 'planner/events/list_opened.yml').read_text() == (
        '---\ndescription: \'Counted by counts.list: Users who opened a list\'\ninternal_events: true\naction: list_opened\n'
        'identifiers:\n  - project\nproduct_group: planning\nmilestone: \'1.2\'\ntiers:\n  - free\n')
    assert 'user.id is assumed to be what is counted once of card_opened; the description says' in ran.stdout
    assert ran.stderr == '3 metrics rewritten, 2 event definitions written, 0 metrics to see to\n'
    run('validate', '--strict', 'planner', cwd=folder)
    assert load(cluster, db, folder / 'planner') == {}


def test_patch(tree):
    """A patch keeps line ends, says where the last one is missing, and is read by patch and git, from any folder."""
    folder = tree({'config/metrics/board.yml': metric('board'), 'config/metrics/list.yml': metric('list').replace('\n', '\r\n')})
    before = contents(folder)
    patch = run('migrate', '-n', folder / 'config', cwd='/').stdout
    assert patch.startswith(f'--- a{folder}/config/metrics/board.yml\n+++ b{folder}/config/metrics/board.yml\n@@ -')
    assert '--- /dev/null\n' in patch and '\033' not in patch
    patch = run('migrate', '-n', folder / 'config', cwd=folder).stdout
    assert patch.startswith('--- a/config/metrics/board.yml\n')
    patch = subprocess.run([COMMAND, 'migrate', '-n', 'config'], env=environment(), cwd=folder, check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    assert '\033[32m+data_source' in run('--color=always', 'migrate', '-n', 'config', cwd=folder).stdout
    run('migrate', 'config', cwd=folder)
    after = contents(folder)
    subprocess.run(['patch', '-p1', '-R', '--binary', '--silent'], input=patch, cwd=folder, check=True)
    assert contents(folder) == before
    subprocess.run(['git', 'apply', '-p1'], input=patch, cwd=folder, check=True)
    assert contents(folder) == after


def test_last_line_in_patch(tree):
    """A last line that changes and has no end is marked as such."""
    folder = tree({'metrics/board.yml': metric('board').replace('\ntiers:\n- free', '')})
    patch = run('migrate', '-n', 'metrics', cwd=folder).stdout
    assert patch.count('\\ No newline at end of file') == 2
    run('migrate', 'metrics', cwd=folder)
    after = contents(folder)
    subprocess.run(['patch', '-p1', '-R', '--silent'], input=patch, text=True, cwd=folder, check=True)
    subprocess.run(['patch', '-p1', '--silent'], input=patch, text=True, cwd=folder, check=True)
    assert contents(folder) == after


def test_left(tree):
    """What cannot be rewritten stays, and says why; the exit status is 1 only where somebody has to do something."""
    folder = tree({'metrics/gone.yml': metric('gone', status='removed')})
    assert 'is removed: it is history' in run('migrate', 'metrics', cwd=folder).stdout
    tree({'metrics/nameless.yml': metric('nameless', 'performance_indicator_type: []'),
          'metrics/broken.yml': metric('broken').replace('number', 'numbr'),
          'metrics/odd.yml': metric('odd', 'options: {{events: [odd event]}}'),
          'metrics/unreadable.yml': metric('unreadable') + '\n\t- premium',
          'metrics/locale.yml': 'a: [\n'})
    before = contents(folder)
    ran = run('migrate', 'metrics', cwd=folder, status=1)
    assert contents(folder) == before
    assert 'metrics/nameless.yml:9:1: names no event\n  Remedy: Write options: {events: [NAME]}' in ran.stdout
    assert 'metrics/broken.yml:5:1: is not valid: value_type: the text "numbr" is not allowed' in ran.stdout
    assert 'metrics/unreadable.yml:16:1: cannot be read: ' in ran.stdout and 'locale.yml' not in ran.stdout
    assert 'needs the event odd event, and its definition would not be valid: action: ' in ran.stdout
    assert ran.stderr == '0 metrics rewritten, 0 event definitions written, 4 metrics to see to\n'


def test_hostile_source(tree):
    """What a terminal would obey is written out, not obeyed."""
    source = 'HLLRedisCounter.track_event(:a, values: "\033]0;title\007")\n'
    ran = run('migrate', '--source', tree({'app/a.rb': source}), status=1)
    assert '- HLLRedisCounter.track_event(:a, values: "\\x1b]0;title\\x07")' in ran.stdout


def test_events_folder(tree):
    """Events go where they are told to; without that, and without a folder called metrics, nothing is written."""
    folder = tree({'board.yml': metric('board')})
    ran = run('migrate', 'board.yml', cwd=folder, status=2)
    assert 'the event board_opened of board.yml has no definition, and no place for one' in ran.stderr
    run('migrate', 'board.yml', '--events', 'new/events', cwd=folder)
    assert sorted(contents(folder)) == ['board.yml', 'new/events/board_opened.yml']
    tree({'board.yml': metric('board')})
    run('migrate', 'board.yml', '--events', 'new/events', cwd=folder)


@pytest.mark.parametrize('arguments, message', [
    ([], 'nothing to migrate'),
    (['nowhere'], 'nowhere is not there'),
    (['.', '--source', 'nowhere'], 'nowhere is not there'),
    (['.', '--identifier', 'a=b.id'], '--identifier a=b.id names nothing that can be counted once'),
    (['.', '--hll-overrides', 'nowhere'], 'cannot read nowhere'),
    (['.', '--hll-overrides', 'wrong.yml'], 'wrong.yml:1:1: a: is no new name; it looks like event-filter:[label:x]-user'),
    (['.', '--hll-overrides', 'shared.yml'], 'shared.yml:2:1: b-user: has the old name "c" of a-user too'),
    (['.', '--counter-overrides', 'shared.yml'], 'shared.yml:1:1: a-user: is no new name; it looks like {event_counters}_'),
    (['.', '--extension', 'x'], '--extension x is not EXTENSION=LIKE'),
])
def test_usage(tree, arguments, message):
    """A wrong call is refused with status 2."""
    folder = tree({'wrong.yml': 'a: b\n', 'shared.yml': 'a-user: c\nb-user: c\n'})
    assert message in run('migrate', *arguments, cwd=folder, status=2).stderr


APPLICATION = {
    'app/models/board.rb': '''class Board
  def open(user)
    # HLLRedisCounter.track_event(:old, values: user.id)
    Gitlab::UsageDataCounters::HLLRedisCounter.track_event(
      :board_opened, values: user.id
    )
    Gitlab::Tracking.event(self.class.name, 'board_closed', label: 'x', user: user)
    tracker.track_struct_event(category: 'boards', action: 'board_moved')
  end
end
''',
    'app/views/board.html.haml': "= link_to 'x', path, data: { track_action: 'click_board', track_label: 'nav' }\n",
    'app/assets/board.vue': '<template>\n  <a data-track-action="click_board" :data-track-label="name" />\n</template>\n',
    'app/views/board.phtml': '<a data-track-action="click_php">\n',
    'node_modules/x/index.js': "Tracking.event('a', 'b')\n",
    'vendor/x.rb': "Gitlab::Tracking.event('a', 'b')\n",
    'app/assets/board.min.js': "Tracking.event('a', 'b')\n",
    'app/assets/binary.js': "\0Tracking.event('a', 'b')\n",
}


def test_source(tree):
    """The calls of an application are listed with the line to write; its source is not changed."""
    folder = tree({**APPLICATION, 'config/events/board_opened.yml': EVENT})
    before = contents(folder)
    ran = run('migrate', 'config', '--source', '.', cwd=folder, status=1)
    assert contents(folder) == before
    assert '''Calls to replace
./app/assets/board.vue:2:6: data-track-action
  - data-track-action="click_board" :data-track-label="name"
  + data-event-tracking="click_board" :data-event-label="name"
./app/models/board.rb:4:5: HLLRedisCounter.track_event
  - Gitlab::UsageDataCounters::HLLRedisCounter.track_event( :board_opened, values: user.id )
  + ActiveRecord::Base.connection.exec_query("SELECT track_event('board_opened', user_id => $1)", 'track_event', [user.id])
''' in ran.stdout
    assert ran.stdout.endswith('''
Events that no definition has; internal-events generate writes one
board_closed: ./app/models/board.rb:7
board_moved: ./app/models/board.rb:8
click_board: ./app/assets/board.vue:2
''')
    assert ran.stderr.endswith(', 5 calls to replace in 3 files\n')


def test_source_as_json(tree):
    """Scripts get the same as JSON; further extensions are searched where they are named."""
    folder = tree({**APPLICATION, 'config/events/board_opened.yml': EVENT})
    answer = run_json('migrate', '--source', 'app', '--extension', 'phtml=html', 'config', cwd=folder, status=1)
    assert [(call['event'], call['is_defined']) for call in answer['calls']] == [
        ('click_board', False), ('board_opened', True), ('board_closed', False), ('board_moved', False),
        ('click_board', False), ('click_php', False)]
    assert answer['undefined_events'] == ['board_closed', 'board_moved', 'click_board', 'click_php']
    assert answer['calls'][1] == {
        'file': 'app/models/board.rb', 'line': 4, 'column': 5, 'kind': 'HLLRedisCounter.track_event',
        'call': 'Gitlab::UsageDataCounters::HLLRedisCounter.track_event( :board_opened, values: user.id )',
        'replacement': "ActiveRecord::Base.connection.exec_query(\"SELECT track_event('board_opened', user_id => $1)\", "
                       "'track_event', [user.id])",
        'event': 'board_opened', 'is_defined': True, 'look_at': []}


def test_replacement_runs(tree, db):
    """What a call is replaced with is a statement that the database runs."""
    folder = tree({'config/events/it.yml': EVENT.replace('board_opened', "board_opened") + 'additional_properties:\n  label:\n',
                   'app.py': 'tracker.track_struct_event("it\'s", "board_opened", label="x%")\n'})
    db.psql(f"SELECT internal_events.load_event_definition($${(folder / 'config/events/it.yml').read_text()}$$)")
    [call] = run_json('migrate', 'config', '--source', 'app.py', cwd=folder, status=1)['calls']
    with session(db) as cursor:
        exec(call['replacement'], {'cursor': cursor, 'json': json})  # pylint: disable=exec-used
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT context ->> 'category', additional_properties FROM internal_events.events")
        assert cursor.fetchall() == [("it's", {'label': 'x%'})]
