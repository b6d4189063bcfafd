"""internal-events generate: definitions of events and metrics from options."""

import re
import subprocess

import pytest
import yaml
from command import COMMAND, environment, run, run_json
from support import CHECKOUT, CORPUS

FIXTURES = CORPUS / 'spec/fixtures/scripts/internal_events'


def generate(folder, *arguments, **kw):
    """Runs generate in a folder."""
    return run('generate', *arguments, cwd=folder, **kw)


def files(folder):
    """What is in a folder: text by path."""
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob('*')) if path.is_file()}


def test_an_event_and_a_metric_of_each_time_frame(tmp_path):
    """The call that the documentation begins with."""
    generate(tmp_path, '--event', 'project_created', '--time-frames', '7d,28d', '--unique', 'user.id', '--group',
             'project_management', '--stage', 'plan', '--section', 'dev', '--mr', 'https://git.example.com/1')
    made = {path: yaml.safe_load(text) for path, text in files(tmp_path).items()}
    name = 'count_distinct_user_id_from_project_created'
    assert list(made) == ['config/events/project_created.yml', f'config/metrics/counts_28d/{name}_monthly.yml',
                          f'config/metrics/counts_7d/{name}_weekly.yml']
    event, monthly, weekly = made.values()
    assert event['action'] == 'project_created' and event['identifiers'] == ['project', 'namespace', 'user']
    assert (monthly['key_path'], monthly['time_frame']) == (f'redis_hll_counters.{name}_monthly', '28d')
    assert (weekly['key_path'], weekly['time_frame']) == (f'redis_hll_counters.{name}_weekly', '7d')
    assert weekly['events'] == [{'name': 'project_created', 'unique': 'user.id'}]
    for definition in made.values():
        assert definition['introduced_by_url'] == 'https://git.example.com/1'
        assert [definition[f'product_{word}'] for word in ('group', 'stage', 'section')] == ['project_management', 'plan', 'dev']
    run('validate', '--strict', tmp_path / 'config')

    generate(tmp_path, '--event', 'project_created', '--time-frames', '7d,28d,all')
    assert {path.rpartition('/')[2] for path in files(tmp_path) if 'count_total' in path} == {
        'count_total_project_created_weekly.yml', 'count_total_project_created_monthly.yml',
        'count_total_project_created.yml'}
    run('validate', '--strict', tmp_path / 'config')


def written(value):
    """A value of a filter as the option has it."""
    return str(value) if not isinstance(value, str) else f'"{value}"'


def metric_arguments(metric):
    """The options from which GitLab's generator would have made a metric."""
    rules, frames = metric['events'], metric['time_frame']
    name = metric['key_path'].rpartition('.')[2]
    arguments = ['--time-frames', ','.join([frames] if isinstance(frames, str) else frames)]
    if isinstance(frames, str):
        name = re.sub('_(weekly|monthly)$', '', name)
    else:
        arguments.append('--array')
    events = sorted({rule['name'] for rule in rules})
    counted = re.sub('^(count_distinct_[a-z_]+?_from|count_total|sum_value_from)_', '', name)
    if counted != '_and_'.join(events):
        arguments += ['--name', counted]
    for rule in rules:
        if 'filter' in rule:
            conditions = ','.join(f'{key}={written(value)}' for key, value in rule['filter'].items())
            arguments += ['--filter', f'{rule["name"]}:{conditions}']
    if 'unique' in rules[0]:
        arguments += ['--unique', rules[0]['unique']]
    if 'operator' in rules[0]:
        arguments += ['--operator', rules[0]['operator']]
    return [*arguments, '--event', ','.join(events), '--metric-description', metric['description']]


def event_arguments(event):
    """The options from which GitLab's generator would have made an event."""
    arguments = ['--event', event['action'], '--description', event['description'],
                 '--identifiers', ','.join(event.get('identifiers') or ['none'])]
    for name, declared in event.get('additional_properties', {}).items():
        if name in ('label', 'property', 'value'):
            arguments += [f'--{name}', declared['description']]
        else:
            arguments += ['--custom', f'{name}:{declared["description"]}']
    return arguments


def common_arguments(definition):
    """The options that events and metrics share."""
    options = {'--group': 'product_group', '--stage': 'product_stage', '--section': 'product_section',
               '--milestone': 'milestone', '--mr': 'introduced_by_url'}
    arguments = [word for option, key in options.items() if key in definition for word in (option, definition[key])]
    if 'product_categories' in definition:
        arguments += ['--categories', ','.join(definition['product_categories'])]
    return [*arguments, '--tiers', ','.join(definition.get('tiers') or definition['tier'])]


def as_of_today(definition):
    """A file of GitLab's generator as its newest version would have written it.

    Older versions wrote `tier` and `distribution`, which are `tiers` today. `status` of an event and `identifiers`
    without a value are in one file only, which GitLab's tests have edited by hand.
    """
    today = {'tiers' if key == 'tier' else key: value for key, value in definition.items() if key != 'distribution'}
    if 'action' in today:
        today.pop('status', None)
        today = {key: value for key, value in today.items() if value is not None}
    return today


def fixtures(kind):
    """GitLab's files of a kind that count events; as parameters, or a skip that is seen."""
    found = [path for path in sorted(FIXTURES.glob(f'{kind}/*.yml')) if path.name != 'database_metric.yml']
    return found or [pytest.param(None, marks=pytest.mark.skip(reason=f'no corpus in {FIXTURES}'))]


@pytest.mark.parametrize('fixture', fixtures('events'), ids=lambda path: path and path.stem)
def test_events_are_those_of_gitlabs_generator(tmp_path, fixture):
    """The same keys in the same order, the same values."""
    theirs = as_of_today(yaml.safe_load(fixture.read_text()))
    generate(tmp_path, *event_arguments(theirs), *common_arguments(theirs))
    ours = yaml.safe_load((tmp_path / f'config/events/{theirs["action"]}.yml').read_text())
    assert list(ours.items()) == list(theirs.items())


@pytest.mark.parametrize('fixture', fixtures('metrics'), ids=lambda path: path and path.stem)
def test_metrics_are_those_of_gitlabs_generator(tmp_path, fixture):
    """The same keys in the same order, the same values: key paths and rules among them."""
    theirs = as_of_today(yaml.safe_load(fixture.read_text()))
    properties = {key for rule in theirs['events'] for key in rule.get('filter', {})}
    custom = [word for key in sorted(properties) if key.startswith('custom') for word in ('--custom', f'{key}:x')]
    for event in sorted({rule['name'] for rule in theirs['events']}):
        generate(tmp_path, '--event', event, '--label', 'x', '--property', 'x', '--value', 'x', *custom)
    made = run_json('generate', '--dry-run', *metric_arguments(theirs), *common_arguments(theirs), cwd=tmp_path)
    [file] = made['files']
    ours = yaml.safe_load(file['text'])
    assert list(ours.items()) == list(theirs.items())
    folder = f'counts_{theirs["time_frame"]}' if isinstance(theirs['time_frame'], str) else 'counts_all'
    assert file['path'] == f'config/metrics/{folder}/{theirs["key_path"].rpartition(".")[2]}.yml'


def test_the_samples_are_what_generate_makes(tmp_path):
    """scripts/make-samples writes what is in definitions/; the rest there counts no events."""
    made = tmp_path / 'definitions'
    subprocess.run([CHECKOUT / 'scripts/make-samples', made], env=environment(), check=True, stdout=subprocess.DEVNULL)
    kept = files(CHECKOUT / 'definitions')
    for path, text in files(made).items():
        assert kept[path] == text, path
    by_hand = {path for path in kept if path.startswith(('events/', 'metrics/'))} - set(files(made))
    assert not [path for path in by_hand if '\nevents:' in kept[path] or 'action:' in kept[path]]
    run('validate', '--strict', *(CHECKOUT / 'definitions' / kind for kind in ('events', 'metrics', 'instrumentations')))


def test_nothing_is_overwritten_without_force(tmp_path):
    """Neither metrics nor the event, and no file of a call is written where one is refused."""
    metric = ('--event', 'opened', '--time-frames', '7d')
    generate(tmp_path, *metric, '--description', 'First')
    before = files(tmp_path)
    refused = generate(tmp_path, *metric, '--metric-description', 'Other', status=1)
    assert 'counts_7d/count_total_opened_weekly.yml exists already' in refused.stderr and '--force' in refused.stderr
    generate(tmp_path, '--event', 'opened', '--time-frames', '7d,28d', status=1)
    refused = generate(tmp_path, '--event', 'opened', '--description', 'Second', status=1)
    assert '"opened" exists already, in config/events/opened.yml' in refused.stderr
    assert files(tmp_path) == before

    ran = generate(tmp_path, *metric, '--metric-description', 'Other', '--force')
    assert ran.stdout.startswith('replaced config/metrics/counts_7d/count_total_opened_weekly.yml\n\n')
    after = files(tmp_path)
    assert [path for path in after if after[path] != before.get(path)] == [
        'config/metrics/counts_7d/count_total_opened_weekly.yml']
    assert 'description: Other' in after['config/metrics/counts_7d/count_total_opened_weekly.yml']
    generate(tmp_path, '--event', 'opened', '--description', 'Second', '--force')
    assert 'description: Second' in files(tmp_path)['config/events/opened.yml']


def test_force_keeps_other_definitions_whole(tmp_path):
    """An event is not rewritten where a metric needs what it would lose."""
    generate(tmp_path, '--event', 'opened', '--custom', 'kind:What', '--time-frames', '7d', '--unique', 'kind')
    before = files(tmp_path)
    refused = generate(tmp_path, '--event', 'opened', '--description', 'No kind', '--force', status=1)
    assert 'count_distinct_kind_from_opened_weekly.yml:' in refused.stdout
    assert 'does not declare the property "kind"' in refused.stdout
    assert files(tmp_path) == before


def test_a_dry_run_prints_the_files(tmp_path):
    """And writes none, no folder either."""
    ran = generate(tmp_path, '--event', 'opened', '--time-frames', '7d', '--dry-run', '--quiet')
    assert re.findall('^# (.*)$', ran.stdout, re.M) == ['config/events/opened.yml',
                                                        'config/metrics/counts_7d/count_total_opened_weekly.yml']
    assert len(list(yaml.safe_load_all(ran.stdout))) == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('arguments, status, message', [
    ([], 2, 'options are missing: --event NAME'),
    (['--unique', 'user.id', '--filter', 'label=x'], 2, 'missing: --event NAME, --time-frames 7d,28d, --name NAME'),
    (['--event', ''], 2, '--event: a name is empty'),
    (['--event', 'opened', '--root', ''], 2, "--root: the folder's name is empty"),
    (['--event', 'opened', '--root', '/dev/null'], 1, 'cannot make the folder /dev/null'),
    (['--event', 'Opened'], 2, '"Opened" is not a name of lower-case letters'),
    (['--event', 'opened', '--time-frames', '14d'], 2, '14d not in {7d,28d,all}'),
    (['--event', 'opened', '--time-frames', '7d', '--unique', 'user.id', '--sum'], 2, 'exclude each other'),
    (['--event', 'opened', '--time-frames', '7d', '--name', 'x', '--filter', 'label'], 2, 'is not written as label=npm'),
    (['--event', 'opened', '--time-frames', '7d', '--name', 'x', '--filter', 'a:label=x'], 2, '"a" is not one of the'),
    (['--event', 'opened', '--time-frames', '7d', '--name', 'a b'], 2, '"a b" is not a name'),
    (['--event', 'opened', '--time-frames', '7d', '--file', '../x'], 2, '--file is a name'),
    (['--event', 'opened', '--custom', 'x:1', '--custom', 'x:2'], 2, '"x" is declared twice'),
    (['--event', 'opened,closed'], 1, 'more than one of the events is new: opened, closed'),
    (['--event', 'opened', '--time-frames', '7d', '--unique', 'user'], 1, 'would not be valid; nothing is written'),
    (['--event', 'opened', '--time-frames', '7d', '--key-path', 'a..b'], 1, 'would not be valid; nothing is written'),
    (['--event', 'opened', '--identifiers', 'users'], 1, 'would not be valid; nothing is written'),
    (['--event', 'opened', '--description', b'\xff'], 1, 'would not be valid; nothing is written'),
    (['--event', 'o' * 252], 1, 'the name of the file is too long'),
])
def test_what_is_refused(tmp_path, arguments, status, message):
    """With a reason, an exit status, and no file."""
    ran = subprocess.run([COMMAND, 'generate', *arguments], env=environment(), stdin=subprocess.DEVNULL, cwd=tmp_path,
                         capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, message in ran.stderr) == (status, True), ran.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_of_a_failed_write(tmp_path):
    """Where the second file cannot be written, the first is not there either."""
    (tmp_path / 'config/metrics').mkdir(parents=True)
    (tmp_path / 'config/metrics/counts_7d').write_text('in the way')
    failed = generate(tmp_path, '--event', 'opened', '--time-frames', '7d', status=1)
    assert 'config/metrics/counts_7d' in failed.stderr
    assert files(tmp_path) == {'config/metrics/counts_7d': 'in the way'}
    assert not (tmp_path / 'config/events').exists()


def test_long_names_do_not_meet(tmp_path):
    """Definitions of which only the last letters of the name differ are each written to their own file."""
    generate(tmp_path, '--event', 'opened', '--time-frames', '7d,28d', '--name', 'o' * 220, '--flat')
    made = [yaml.safe_load(text) for path, text in files(tmp_path).items() if '/metrics/' in path]
    assert [metric['time_frame'] for metric in made] == ['28d', '7d']


def test_notes(tmp_path):
    """What is not wrong, but probably not meant."""
    generate(tmp_path, '--event', 'issue_created', '--identifiers', 'project', '--description', 'x')
    assert 'did you mean "issue_created"?' in generate(tmp_path, '--event', 'isue_created', '--dry-run').stderr
    ran = generate(tmp_path, '--event', 'issue_created', '--time-frames', '7d', '--unique', 'user.id', '--dry-run')
    assert 'note: the identifiers of issue_created do not have user' in ran.stderr
    ran = generate(tmp_path, '--event', 'issue_created', '--time-frames', '7d', '--unique', 'label', '--dry-run')
    assert 'yml: events[0].unique: the event "issue_created" does not declare the property "label"' in ran.stderr


def test_other_layouts_and_known_folders(tmp_path):
    """Enterprise files refer to events of the other folder."""
    generate(tmp_path, '--event', 'opened')
    metric = ('--event', 'opened', '--time-frames', '28d', '--root', 'ee/config', '--tiers', 'premium,ultimate')
    made = generate(tmp_path, *metric, '--known', 'config/events', '--flat', '--quiet')
    assert made.stdout == 'created ee/config/metrics/count_total_opened_monthly.yml\n'
    assert yaml.safe_load(files(tmp_path)['ee/config/metrics/count_total_opened_monthly.yml'])['tiers'] == [
        'premium', 'ultimate']


def test_texts_survive(tmp_path):
    """Whatever YAML makes of it, and whatever a shell hands over; PyYAML, another reader, agrees."""
    texts = ['a: b', "it's", '# no', 'ends:', 'yes', '1.10', '2026-01-01', 'line\nline', '\u2028 x', 'Ünï 🦆', '- x', '"']
    for number, text in enumerate(texts):
        generate(tmp_path, '--event', f'e_{number}', '--description', text, '--milestone', text, '--label', text)
        read = yaml.safe_load((tmp_path / f'config/events/e_{number}.yml').read_text())
        assert (read['description'], read['milestone'], read['additional_properties']['label']['description']) == (text,) * 3


def test_the_database_knows_events_too(tmp_path, db):
    """With --dbname: an event that is loaded is not defined again, and its key paths are taken."""
    db.psql("""SELECT internal_events.load_event_definition('{action: opened, description: x, identifiers: [user],
                 additional_properties: {label: {description: x}}}');
               SELECT internal_events.load_metric_definition('{key_path: counts.count_total_opened, description: x,
                 value_type: number, status: active, time_frame: [7d], data_source: internal_events,
                 events: [{name: opened}]}')""")
    made = run_json('generate', '--dbname', db.dsn(), '--event', 'opened', '--time-frames', '28d', '--unique', 'label',
                    cwd=tmp_path)
    assert made['key_paths'] == ['redis_hll_counters.count_distinct_label_from_opened_monthly']
    assert list(files(tmp_path)) == ['config/metrics/counts_28d/count_distinct_label_from_opened_monthly.yml']
    run('generate', '--dbname', '', '--event', 'opened', '--time-frames', '28d', cwd=tmp_path, database=db)
    assert not (tmp_path / 'config/events').exists()
    refused = generate(tmp_path, '--dbname', db.dsn(), '--event', 'opened', '--time-frames', '7d', status=1)
    assert 'exists already' in refused.stdout


def load(db, folder):
    """Loads the definitions of a folder, events first."""
    texts = files(folder)
    for kind in ('event', 'metric'):
        db.psql(';'.join(f'SELECT internal_events.load_{kind}_definition($yaml${text}$yaml$)'
                         for path, text in texts.items() if f'/{kind}s/' in path))


def prove(db, folder, tests):
    """Runs pgTAP tests by pg_prove."""
    paths = [folder / f'{number}.sql' for number in range(len(tests))]
    for path, test in zip(paths, tests):
        path.write_text(test)
    return subprocess.run(['pg_prove', *paths], env=environment(db), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, timeout=60)


CALLS_WHOSE_LINES_ARE_RUN = [
    ['--event', 'project_created', '--time-frames', '7d,28d,all', '--unique', 'user.id'],
    ['--event', 'summed', '--time-frames', '7d,all', '--array', '--sum', '--value', 'x', '--custom', 'kind:x'],
    ['--event', 'filtered', '--time-frames', '28d', '--label', 'x', '--custom', 'kind:x', '--name', 'filtered_too',
     '--filter', "label=it's,kind=3", '--filter', 'kind=3'],
    ['--event', 'unique', '--time-frames', 'all', '--unique', 'kind', '--custom', 'kind:x'],
    ['--event', 'alone', '--identifiers', 'feature_enabled_by_namespace_ids,project'],
    ['--event', 'united,issue_created,issue_closed', '--time-frames', '7d', '--unique', 'project.id'],
    ['--event', 'added,issue_created,issue_closed', '--time-frames', '7d', '--filter', 'issue_closed:label=done',
     '--name', 'added']]


def test_the_printed_lines_run(tmp_path, db):
    """The pgTAP tests pass by pg_prove where the definitions are loaded, and again after the SQL calls were made."""
    for event in ('issue_created', 'issue_closed'):
        generate(tmp_path, '--event', event, '--label', 'x')
    made = [run_json('generate', *arguments, cwd=tmp_path) for arguments in CALLS_WHOSE_LINES_ARE_RUN]
    load(db, tmp_path)
    db.psql('CREATE EXTENSION pgtap')
    calls = [call for one in made for call in one['sql']]
    for count in (len(calls), 2 * len(calls)):
        proved = prove(db, tmp_path, [one['pgtap'] for one in made])
        assert proved.returncode == 0 and proved.stdout.rstrip().endswith('Result: PASS'), proved.stdout
        assert db.psql(''.join(calls)).split() == ['t'] * len(calls)
        assert db.psql('SELECT count(*) FROM internal_events.events') == str(count)


def test_the_printed_test_can_fail(tmp_path, db):
    """A metric that does not count the event makes it fail."""
    made = run_json('generate', '--event', 'opened', '--label', 'x', '--time-frames', '7d', cwd=tmp_path)
    metric = tmp_path / 'config/metrics/counts_7d/count_total_opened_weekly.yml'
    metric.write_text(metric.read_text() + '    filter:\n      label: other\n')
    load(db, tmp_path)
    db.psql('CREATE EXTENSION pgtap')
    proved = prove(db, tmp_path, [made['pgtap']])
    assert proved.returncode == 1 and re.search('counted by counts.count_total_opened_weekly|Failed test +2|Failed test: +2',
                                                proved.stdout), proved.stdout
