"""load_definitions() on folders: metrics made of others in any order of files, JSON Schemas, and all that GitLab's have."""

import json
import pathlib
import random

import pytest

from measuring import FORCE, definition, measured, payload
from support import CHECKOUT, CORPUS, event_yaml, metric_yaml, one, session

SCHEMA = {'type': 'object', 'properties': {'count': {'type': 'integer'}}, 'required': ['count']}


@pytest.fixture(name='folder')
def fixture_folder(cluster, tmp_path):
    """Returns a function that writes files {name: text} to a new folder of the server, and returns its path."""
    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return cluster.share(tmp_path)
    return write


def load_folder(database, folder, strict=False):
    """Loads a folder; returns the names by path, and the errors by path."""
    with session(database) as cursor:
        cursor.execute('SELECT path, name, error FROM internal_events.load_definitions(%s, %s)', (str(folder), strict))
        rows = [(str(pathlib.Path(path).relative_to(folder)), name, error) for path, name, error in cursor.fetchall()]
    assert len({path for path, _, _ in rows}) == len(rows), 'a file is listed twice'
    return ({path: name for path, name, error in rows if error is None},
            {path: error for path, _, error in rows if error is not None})


def sum_of(key_path, *others):
    """Returns the definition of a sum."""
    return definition(key_path, time_frame='none', add=list(others))


@pytest.mark.parametrize('seed', range(3))
def test_any_order_of_files(db, folder, seed):
    """A metric that is made of others is loaded, wherever among the files they are."""
    texts = [event_yaml('opened'), metric_yaml('uniques.a', {'name': 'opened', 'unique': 'user.id'}),
             metric_yaml('uniques.b', {'name': 'opened', 'unique': 'user.id', 'filter': {'label': 'x'}}),
             definition('uniques.both', intersect=['uniques.a', 'uniques.b'], more={'data_source': 'internal_events'}),
             definition('uniques.any', union=['uniques.a', 'uniques.b'], more={'data_source': 'internal_events'}),
             definition('chain.0', time_frame='none', sql='SELECT 7')]
    texts += [sum_of(f'chain.{n}', f'chain.{n - 1}', 'uniques.any') for n in range(1, 9)]
    random.Random(seed).shuffle(texts)
    path = folder({f'{n:02}.yml': text for n, text in enumerate(texts)})
    loaded, errors = load_folder(db, path)
    assert errors == {}
    assert len(loaded) == len(texts)
    db.psql("SELECT track_event('opened', n % 5) FROM generate_series(1, 50) n;"
            "SELECT track_event('opened', n % 2, additional_properties => '{\"label\": \"x\"}') FROM generate_series(1, 50) n")
    with session(db) as cursor:
        number = one(cursor, FORCE)
    said = payload(db, number)
    assert said['uniques'] == {'a': 5, 'b': 2, 'both': 2, 'any': 5}
    assert said['chain'] == {str(n): 7 + 5 * n for n in range(9)}
    before = db.psql('SELECT d FROM internal_events.metric_definitions d ORDER BY id')
    assert load_folder(db, path) == (loaded, {})
    assert db.psql('SELECT d FROM internal_events.metric_definitions d ORDER BY id') == before


def test_what_cannot_be_resolved(db, folder):
    """Metrics that are made of each other, or of one that nobody defines, are refused, each with what it lacks."""
    files = {'a.yml': sum_of('a', 'b'), 'b.yml': sum_of('b', 'c'), 'c.yml': sum_of('c', 'a'), 'd.yml': sum_of('d', 'nowhere'),
             'e.yml': sum_of('e', 'd'), 'f.yml': sum_of('f', 'f'), 'g.yml': sum_of('g', 'h'),
             'h.yml': definition('h', time_frame='none', sql='SELECT 1')}
    loaded, errors = load_folder(db, folder(files))
    assert loaded == {'g.yml': 'g', 'h.yml': 'h'}
    assert set(errors) == {'a.yml', 'b.yml', 'c.yml', 'd.yml', 'e.yml', 'f.yml'}
    for name, lacks in (('a', 'b'), ('b', 'c'), ('c', 'a'), ('d', 'nowhere'), ('e', 'd')):
        assert f'"{lacks}" is not a known metric' in errors[f'{name}.yml']
    assert '"f" is the metric itself' in errors['f.yml']


def test_a_folder_of_one_file(db, folder):
    """A single file that lacks another one is refused at once."""
    loaded, errors = load_folder(db, folder({'a.yml': sum_of('a', 'b')}))
    assert loaded == {}
    assert '"b" is not a known metric' in errors['a.yml']


def test_value_schemas(db, folder):
    """JSON Schemas that metrics name are loaded with them, and values that do not fit are errors; other files are not read."""
    def metric(name, value, schema):
        return definition(name, value_type='object', time_frame='none', sql=f"SELECT '{value}'::jsonb",
                          more={'value_json_schema': schema})
    files = {'metrics/good.yml': metric('good', '{"count": 1}', 'config/schemas/counted.json'),
             'metrics/bad.yml': metric('bad', '{"count": "a"}', 'config/schemas/counted.json'),
             'metrics/broken.yml': metric('broken', '{}', 'broken.json'),
             'schemas/counted.json': json.dumps(SCHEMA), 'schemas/broken.json': '{"type": ', 'schemas/other.json': 'no JSON'}
    loaded, errors = load_folder(db, folder(files))
    assert set(loaded) == {'metrics/good.yml', 'metrics/bad.yml', 'metrics/broken.yml', 'schemas/counted.json'}
    assert set(errors) == {'schemas/broken.json'}
    with session(db) as cursor:
        number = one(cursor, FORCE)
        assert measured(db, number) == {'good': ('ok', {'count': 1}, None), 'bad': ('error', None, '22023'),
                                        'broken': ('ok', {}, None)}
        assert one(cursor, 'SELECT schema FROM internal_events.value_schemas') == SCHEMA


def leaves(document, path=()):
    """Yields the key paths of a nested document, as far as that can be told from it."""
    for key, value in document.items():
        yield '.'.join((*path, key))
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))


@pytest.mark.skipif(not CORPUS.is_dir(), reason='the corpus of GitLab definitions is not here')
def test_gitlabs_definitions(cluster, db):
    """Every file of GitLab's is loaded or refused for a reason; our instrumentations give values; all are in the ping."""
    shared = cluster.share(CORPUS / 'config')
    loaded, errors = load_folder(db, shared)
    assert set(loaded) | set(errors) >= {str(path.relative_to(shared)) for path in shared.rglob('*.yml')}
    assert len(loaded) > 150 and len(errors) < 10
    reasons = ('is not a known event', 'too; keep one of the files', 'is missing', 'neither an event definition')
    assert all(any(reason in error for reason in reasons) for error in errors.values()), errors
    # A second time nothing is different.
    assert load_folder(db, shared) == (loaded, errors)
    added, wrong = load_folder(db, cluster.share(CHECKOUT / 'definitions/instrumentations'))
    assert added and not wrong
    with session(db) as cursor:
        number = one(cursor, FORCE)
        assert one(cursor, "SELECT count(*) FROM internal_events.service_ping_measurements WHERE status NOT IN "
                           "('ok', 'not_instrumented', 'not_measured')") == 0
        cursor.execute("SELECT key_path FROM internal_events.metrics WHERE status <> 'removed'")
        reported = {path for path, in cursor.fetchall()}
        assert one(cursor, 'SELECT internal_events.instance_uuid()') == payload(db, number)['uuid']
    assert reported <= set(leaves(payload(db, number)))
    assert len(reported) > 100
