"""The command's load --prune: what goes, what stays, what is in the way, and the undo; and the functions of SQL behind it."""

import functools
import json

import pytest

from command import run
from loading import STATE, changes, counts, load, values, write_files, write_shop
from measuring import definition
from support import event_yaml, metric_yaml


@pytest.fixture(name='folder')
def fixture_folder(tmp_path):
    """Returns a function that writes files {name: text}, or removes those of None, in a folder and returns that."""
    return functools.partial(write_files, tmp_path)


@pytest.fixture(name='shop')
def fixture_shop(tmp_path):
    """A folder with two events, metrics that count them, and a sum of these."""
    return write_shop(tmp_path)


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


def test_prune_needs_files(db, shop, folder):
    """A folder without definitions is a mistake, and not a reason to remove everything."""
    load(db, shop)
    before = db.psql(STATE)
    (shop / 'other').mkdir()
    assert 'no definition files found' in run('load', '--prune', shop / 'other', database=db, status=2).stderr
    folder({'other/some.json': '{}'})
    assert '--prune would remove everything' in run('load', '--prune', shop / 'other', database=db, status=2).stderr
    assert db.psql(STATE) == before
