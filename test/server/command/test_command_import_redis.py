"""internal-events import-redis: finds the keys, takes them over, and says what became of each."""

import re

import pytest

from command import run, run_json
from redis_server import registers
from support import CORPUS, event_yaml, load_event, load_metric, metric_yaml, one, session

OVERRIDES = CORPUS / 'lib/gitlab/usage_data_counters'
WEEK = '2024-10'
NUMBERS = ('imported', 'present', 'skipped', 'damaged', 'unknown', 'gone')
STATE = '''
    SELECT (SELECT array_agg(b::text ORDER BY b::text) FROM internal_events.buckets b),
           (SELECT array_agg(i::text ORDER BY i::text) FROM internal_events.redis_imports i)
'''


@pytest.fixture(name='defined')
def _defined(db):
    """A database with events that are counted in several ways."""
    load_event(db, 'opened')
    load_event(db, 'closed')
    load_metric(db, 'users', {'name': 'opened', 'unique': 'user.id'}, time_frame=['7d', '28d', 'all'])
    load_metric(db, 'filtered', {'name': 'opened', 'unique': 'user.id', 'filter': {'label': 'größe'}})
    load_metric(db, 'labels', {'name': 'opened', 'unique': 'label'})
    load_metric(db, 'labelled', {'name': 'opened', 'filter': {'label': 'a', 'property': 'b'}})
    return db


def numbers(answer):
    """The numbers of an answer that are not 0."""
    return {name: answer[name] for name in NUMBERS if answer[name]}


def reasons(answer):
    """The keys of an answer by reason."""
    return {part['reason']: part['keys'] for part in answer['reasons']}


def imported_sketches(database):
    """The registers of what has been imported, by key."""
    with session(database) as cursor:
        cursor.execute('''SELECT i.redis_key, b.sketch::text FROM internal_events.redis_imports i
                            JOIN internal_events.buckets b ON b.rule_id = i.rule_id AND b.day = i.week
                           WHERE b.sketch IS NOT NULL''')
        return {key: registers(sketch) for key, sketch in cursor.fetchall()}


def state(database):
    """All that an import may change."""
    with session(database) as cursor:
        return one(cursor, STATE)


def fill(redis_server):
    """Counts by redis-cli what an application would."""
    lines = []
    for begin in range(0, 20000, 1000):
        lines.append(f'PFADD {{hll_counters}}_opened-user-{WEEK} ' + ' '.join(map(str, range(begin, begin + 1000))))
    lines += ['PFADD {hll_counters}_opened-user-2024-11 1 2 3',
              f'PFADD {{hll_counters}}_opened-filter:[label:größe]-user-{WEEK} 7 8',
              f'PFADD {{hll_counters}}_opened-label-{WEEK} "größe" "a b"',
              f'PFADD {{hll_counters}}_opened-project-{WEEK} 1',
              'SET {event_counters}_opened 500', f'INCRBY {{event_counters}}_opened-{WEEK} 40',
              'SET {event_counters}_opened-filter:[label:a,property:b] 17', 'SET {event_counters}_other 3',
              'SET {event_sums}_opened 3', 'SET hll_counters 3', 'SET USAGE_CLOSED 60']
    redis_server.cli('\n'.join(lines) + '\n')


def test_a_whole_installation(defined, redis_server, redis):
    """Sketches are equal register by register and count alike; counters add up; what is unknown is named with the reason."""
    fill(redis_server)
    answer = run_json('import-redis', '--redis', redis_server.url, database=defined)
    assert numbers(answer) == {'imported': 7, 'unknown': 2}
    assert reasons(answer) == {
        'no metric that is loaded counts this of its event': [f'{{hll_counters}}_opened-project-{WEEK}'],
        'its event is not defined': ['{event_counters}_other']}
    sketches = imported_sketches(defined)
    assert len(sketches) == 4
    for key, imported in sketches.items():
        assert imported == redis.call('PFDEBUG', 'GETREG', key)
    with session(defined) as cursor:
        count = one(cursor, "SELECT internal_events.unique_count('opened', 'user.id', '2024-03-04', '2024-03-10')")
        assert abs(count - redis.call('PFCOUNT', f'{{hll_counters}}_opened-user-{WEEK}')) <= 0.01 * count
        totals = "SELECT internal_events.total_count('opened', %s, %s, %s)"
        assert one(cursor, totals, ('-infinity', 'infinity', None)) == 500
        assert one(cursor, totals, ('2024-03-04', '2024-03-10', None)) == 40
        assert one(cursor, totals, ('-infinity', 'infinity', '{"label": "a", "property": "b"}')) == 17


def test_again(defined, redis_server, redis):
    """A second run takes over what has grown, and tells it from what is already there."""
    fill(redis_server)
    assert numbers(run_json('import-redis', '--redis', redis_server.url, database=defined)) == {'imported': 7, 'unknown': 2}
    redis.call('PFCOUNT', f'{{hll_counters}}_opened-user-{WEEK}')
    assert numbers(run_json('import-redis', '--redis', redis_server.url, database=defined)) == {'present': 7, 'unknown': 2}
    redis.call('INCR', '{event_counters}_opened')
    redis.call('PFADD', '{hll_counters}_opened-user-2024-11', 4)
    assert numbers(run_json('import-redis', '--redis', redis_server.url, database=defined)) == \
        {'imported': 2, 'present': 5, 'unknown': 2}
    with session(defined) as cursor:
        assert one(cursor, "SELECT internal_events.unique_count('opened', 'user.id', '2024-03-11', '2024-03-11')") == 4
        assert one(cursor, "SELECT internal_events.total_count('opened', '-infinity', 'infinity')") == 501


def test_the_report(defined, redis_server, redis):
    """People get a table, and the first keys of each reason; --verbose names all. Redis is only read."""
    fill(redis_server)
    for number in range(5):
        redis.call('SET', f'{{event_counters}}_x{number}', 1)
    before = redis.call('INFO', 'commandstats')
    plain = run('import-redis', '--redis', redis_server.url, database=defined)
    after = redis.call('INFO', 'commandstats')
    assert 'imported            7' in plain.stdout
    assert 'gone' not in plain.stdout and '\033' not in plain.stdout
    assert 'unknown: its event is not defined\n  {event_counters}_other\n  {event_counters}_x0\n  {event_counters}_x1\n' \
           '  and 3 more\n' in plain.stdout
    assert plain.stderr.startswith(f'Redis {redis_server.socket} -> database "test" on ')
    verbose = run('import-redis', '--redis', redis_server.url, '--verbose', database=defined)
    assert '{event_counters}_x4\n' in verbose.stdout and 'more' not in verbose.stdout
    commands = {line.split(b':')[0] for line in after.splitlines() if line.startswith(b'cmdstat')}
    commands -= {line.split(b':')[0] for line in before.splitlines()}
    assert commands <= {b'cmdstat_scan', b'cmdstat_getrange', b'cmdstat_ping', b'cmdstat_info'}


def test_a_dry_run_changes_nothing(defined, redis_server, redis):
    """It says what a run would say, and writes nothing."""
    fill(redis_server)
    redis.call('SET', '{event_counters}_closed', 'many')
    before = state(defined)
    dry = run_json('import-redis', '--redis', redis_server.url, '--dry-run', database=defined, status=1)
    assert state(defined) == before
    real = run_json('import-redis', '--redis', redis_server.url, database=defined, status=1)
    assert dry.pop('dry_run') is True and real.pop('dry_run') is False
    assert dry == real
    assert state(defined) != before
    assert 'to be imported' in run('import-redis', '--redis', redis_server.url, '--dry-run', database=defined,
                                   status=1).stdout


def test_match(defined, redis_server, redis):  # pylint: disable=unused-argument
    """A pattern narrows what is looked at, but never widens it to keys of others."""
    fill(redis_server)
    for pattern, expected in (('*-user-2024-1[01]', {'imported': 3}), ('{event_counters}_*', {'imported': 3, 'unknown': 1}),
                              ('*other', {'unknown': 1}), ('*', {'imported': 1, 'present': 6, 'unknown': 2}), ('none', {})):
        answer = run_json('import-redis', '--redis', redis_server.url, '--match', pattern, database=defined)
        assert numbers(answer) == expected


def test_overrides(defined, redis_server, redis, tmp_path):
    """Old names stand for the rules that the files say, and take precedence over new ones."""
    sketches, counters = tmp_path / 'hll.yml', tmp_path / 'counters.yml'
    sketches.write_text("# old names\n'opened-user': g_openers\n'opened-filter:[label:größe]-user': g_openers\n"
                        "opened-label: opened_by_label\n")
    counters.write_text("'{event_counters}_closed': USAGE_CLOSED\n'{event_counters}_opened': USAGE_OPENED\n")
    redis.add(f'{{hll_counters}}_g_openers-{WEEK}', range(100))
    redis.add(f'{{hll_counters}}_opened-label-{WEEK}', range(50))
    redis.call('SET', 'USAGE_CLOSED', 60)
    redis.call('SET', '{event_counters}_closed', 50)
    redis.call('SET', '{event_counters}_opened', 40)
    answer = run_json('import-redis', '--redis', redis_server.url, '--hll-overrides', sketches, '--counter-overrides',
                      counters, database=defined, status=1)
    assert numbers(answer) == {'imported': 5, 'skipped': 1}
    assert list(reasons(answer).values()) == [['{event_counters}_closed']]
    assert set(imported_sketches(defined)) == {
        f'{{hll_counters}}_opened{rest}-{WEEK}' for rest in ('-user', '-label', '-filter:[label:größe]-user')}
    with session(defined) as cursor:
        assert one(cursor, "SELECT internal_events.total_count('closed', '-infinity', 'infinity')") == 60
        assert one(cursor, "SELECT internal_events.total_count('opened', '-infinity', 'infinity')") == 40
    narrowed = run_json('import-redis', '--redis', redis_server.url, '--match', 'USAGE_*', '--counter-overrides', counters,
                        database=defined)
    assert numbers(narrowed) == {'present': 1}
    sketches.write_text('a: [b]\n')
    refused = run('import-redis', '--redis', redis_server.url, '--hll-overrides', sketches, database=defined, status=2)
    assert f'{sketches}:1:1: a: is no new name; it looks like event-filter:[label:x]-user' in refused.stderr
    assert 'cannot read' in run('import-redis', '--redis', redis_server.url, '--hll-overrides', tmp_path / 'none',
                                database=defined, status=2).stderr


def test_an_old_name_with_the_prefix(defined, redis_server, redis, tmp_path):
    """A counter whose event was renamed is found by its prefix and by its override, and taken over once."""
    counters = tmp_path / 'counters.yml'
    counters.write_text("'{event_counters}_opened': '{event_counters}_shown'\n")
    redis.call('SET', '{event_counters}_shown', 60)
    answer = run_json('import-redis', '--redis', redis_server.url, '--counter-overrides', counters, database=defined)
    assert numbers(answer) == {'imported': 1} and answer['keys'] == 1


def test_nothing_fits(defined, redis_server, redis):
    """Where no key fits a pattern, the pattern is named, not the database of Redis."""
    redis.call('SET', '{event_counters}_opened', 60)
    redis.call('SET', 'other', 1)
    for pattern in ('USAGE_*', 'other', ''):
        ran = run('import-redis', '--redis', redis_server.url, '--match', pattern, database=defined)
        assert ('fits --match ' + pattern in ran.stderr) == (pattern != '')


def rule_of(name):
    """The selection rule that a canonical name stands for, where no value in its filter has signs of its own."""
    event, condition, identifier = re.fullmatch(r'(.+?)(?:-filter:\[(.+)\])?(?:-(\w+))?', name).groups()
    rule = {'name': event}
    if condition:
        rule['filter'] = dict(part.split(':') for part in condition.split(','))
    if identifier:
        rule['unique'] = identifier if identifier == 'property' else f'{identifier}.id'
    return rule


@pytest.mark.skipif(not OVERRIDES.exists(), reason='needs the corpus: INTERNAL_EVENTS_CORPUS')
def test_overrides_of_gitlab(db, redis_server, redis):
    """With GitLab's own files, every old name is taken over as what its new name says."""
    files = [OVERRIDES / 'hll_redis_key_overrides.yml', OVERRIDES / 'total_counter_redis_key_overrides.yml']
    sketches, counters = (dict(re.findall(r"^'(.+)': *(\S+)$", file.read_text(), re.MULTILINE)) for file in files)
    rules = [rule_of(name) for name in sketches] + [rule_of(name.removeprefix('{event_counters}_')) for name in counters]
    with session(db, autocommit=False) as cursor:
        for event in sorted({rule['name'] for rule in rules}):
            cursor.execute('SELECT internal_events.load_event_definition(%s)', (event_yaml(event, ('label', 'property')),))
        for number, rule in enumerate(rules):
            cursor.execute('SELECT internal_events.load_metric_definition(%s, NULL, false)',
                           (metric_yaml(f'metric_{number}', rule, time_frame='7d' if 'unique' in rule else 'all'),))
        cursor.connection.commit()
    for number, old in enumerate(sketches.values()):
        redis.call('PFADD', f'{{hll_counters}}_{old}-{WEEK}', *range(number % 7 + 1))
    for number, old in enumerate(counters.values()):
        redis.call('SET', old, number + 1)
    answer = run_json('import-redis', '--redis', redis_server.url, '--hll-overrides', files[0], '--counter-overrides', files[1],
                      database=db)
    assert numbers(answer) == {'imported': len(sketches) + len(counters)} and len(sketches) > 300 and len(counters) > 90
    with session(db) as cursor:
        cursor.execute('SELECT redis_key, value FROM internal_events.redis_imports WHERE value IS NOT NULL')
        assert dict(cursor.fetchall()) == {new: number + 1 for number, new in enumerate(counters)}
    for key, imported in imported_sketches(db).items():
        old = sketches.pop(key.removeprefix('{hll_counters}_').removesuffix(f'-{WEEK}'))
        assert imported == redis.call('PFDEBUG', 'GETREG', f'{{hll_counters}}_{old}-{WEEK}')
    assert not sketches
