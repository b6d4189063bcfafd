"""internal-events dictionary: what it writes, from files and from a database. How pages work: test_dictionary_pages.py."""

import html
import json
import re
import shutil

import pytest

from command import run
from support import CHECKOUT, event_yaml, load_event, load_metric, metric_yaml, one, session

MARKER = '.internal-events-dictionary'


@pytest.fixture(name='definitions')
def fixture_definitions(tmp_path):
    """A folder with an event and a metric that counts it."""
    folder = tmp_path / 'config'
    folder.mkdir()
    (folder / 'opened.yml').write_text(event_yaml('opened'))
    (folder / 'count.yml').write_text(metric_yaml('counts.opened', {'name': 'opened'}, time_frame=['7d', 'all']))
    return folder


@pytest.fixture(name='out')
def fixture_out(tmp_path):
    """A folder to write to, which is not there yet."""
    return tmp_path / 'out'


def files_in(folder):
    """Returns {relative path: bytes} of all files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob('*') if path.is_file()}


def text_of(page):
    """Returns what a page says, without its tags."""
    return ' '.join(html.unescape(re.sub(r'<[^>]+>', ' ', page.read_text())).split())


def whole_text(folder):
    """Returns what all pages say."""
    return ' '.join(text_of(page) for page in sorted(folder.rglob('*.html')))


def instrumented(database, key_path, instrumentation):
    """Loads a metric that is calculated from something else than events."""
    definition = {**json.loads(metric_yaml(key_path, time_frame='none')), 'data_source': 'database',
                  'instrumentation': instrumentation}
    del definition['events']
    with session(database) as cursor:
        cursor.execute('SELECT internal_events.load_metric_definition(%s)', (json.dumps(definition),))


def test_files_need_no_database(definitions, out):
    ran = run('dictionary', definitions, '-o', out)
    assert ran.stdout == ''
    assert ran.stderr == f'2 files: 0 errors, 0 warnings\n2 metrics, 1 events: {out}/index.html\n'
    files = files_in(out)
    assert {name for name in files if name.endswith('.html')} == {
        'index.html', 'events.html', 'events/opened.html', 'metrics/counts.opened.html', 'metrics/counts.opened_weekly.html'}
    page = text_of(out / 'metrics/counts.opened_weekly.html')
    assert (definitions / 'count.yml').read_text() in page
    assert 'As of' not in page and 'SQL' not in page and 'The last 28 days' not in page


def test_same_files_same_bytes(definitions, out, tmp_path):
    run('dictionary', definitions, '-o', out)
    run('dictionary', definitions / 'opened.yml', definitions / 'count.yml', '-o', tmp_path / 'again')
    assert files_in(out) == files_in(tmp_path / 'again')


def test_wrong_definitions_are_refused(definitions, out):
    (definitions / 'wrong.yml').write_text(metric_yaml('counts.closed', {'name': 'closed'}))
    ran = run('dictionary', definitions, '-o', out, status=1)
    assert f'{definitions}/wrong.yml:1:' in ran.stdout and '"closed" is not' in ran.stdout
    assert not out.exists()


def test_wrong_calls(definitions, out):
    assert '--dbname' in run('dictionary', '-o', out, status=2).stderr
    assert '--output' in run('dictionary', definitions, status=2).stderr
    assert 'not there' in run('dictionary', definitions / 'nothing', '-o', out, status=2).stderr
    assert 'it is no folder' in run('dictionary', definitions, '-o', definitions / 'opened.yml', status=1).stderr
    assert '-o public' in run('dictionary', '--help').stdout
    assert not out.exists()


def test_foreign_files_are_left_alone(definitions, out):
    out.mkdir()
    (out / 'index.html').write_text('mine')
    (out / 'notes.txt').write_text('mine')
    assert '--force' in run('dictionary', definitions, '-o', out, status=1).stderr
    assert files_in(out) == {'index.html': b'mine', 'notes.txt': b'mine'}
    run('dictionary', definitions, '-o', out, '--force')
    assert files_in(out)['notes.txt'] == b'mine'
    assert files_in(out)['index.html'] != b'mine'


def test_the_next_dictionary_replaces_the_last(definitions, out):
    run('dictionary', definitions, '-o', out)
    (out / 'metrics/mine.html').write_text('mine')
    leftover = out / f'{MARKER}.new'
    leftover.mkdir()
    (leftover / 'index.html').write_text('of a run that was killed')
    (definitions / 'count.yml').write_text(metric_yaml('counts.all', {'name': 'opened'}))
    run('dictionary', definitions, '-o', out)
    assert {path.name for path in (out / 'metrics').iterdir()} == {'mine.html', 'counts.all.html'}
    assert not leftover.exists()


def test_nothing_outside_of_the_folder_is_removed(definitions, out, tmp_path):
    victim = tmp_path / 'victim'
    victim.write_text('mine')
    run('dictionary', definitions, '-o', out)
    (out / MARKER).write_text(f'../victim\n{victim}\nmetrics/../../victim\n\nindex.html\n')
    run('dictionary', definitions, '-o', out)
    assert victim.exists()


@pytest.mark.usefixtures('roles')
def test_a_database_as_its_reader_sees_it(db, out):
    load_event(db, 'opened')
    load_metric(db, 'counts.opened', {'name': 'opened'}, time_frame=['7d', 'all'])
    load_metric(db, 'uniques.opened', {'name': 'opened', 'unique': 'user.id', 'filter': {'label': 'a'}}, time_frame='28d')
    load_metric(db, 'counts.removed', {'name': 'opened'})
    db.psql("UPDATE internal_events.metric_definitions SET path = '/srv/x.yml' WHERE key_path = 'counts.opened'")
    instrumented(db, 'broken.division', {'sql': 'SELECT 7 / (SELECT count(*) FROM pg_class WHERE false)'})
    instrumented(db, 'not.there', {'operation': 'count', 'relation': 'nowhere'})
    with session(db) as cursor:
        cursor.execute("SELECT count(*) FROM generate_series(1, 7919) i, track_event('opened', user_id => i)")
    run('dictionary', '-d', f'dbname={db.name} user=reader', '-o', out, database=db)

    page = text_of(out / 'metrics/counts.opened.html')
    assert 'Value 7,919 Days: since the beginning, up to ' in page
    assert 'Events by day of UTC' not in page and 'events by day of UTC' in page and 'Sum: 7,919, highest: 7,919 on ' in page
    assert 'The view metrics."counts.opened" : SELECT CASE WHEN t.answerable' in page
    assert '/srv/x.yml --- key_path: counts.opened description: counts.opened' in page
    assert re.search(r'\d{4}-\d\d-\d\d \(so far\) 7,919', page)
    assert f'of database "{db.name}" on ' in page and re.search(r', \d{4}-\d\d-\d\d \d\d:\d\d UTC', page)
    unique = text_of(out / 'metrics/uniques.opened.html')
    assert 'Standard error: 0.81 %' in unique and 'Nothing was counted on these days.' in unique and 'label = a' in unique
    assert 'Sum: 7,919' in text_of(out / 'events/opened.html')
    with session(db) as cursor:
        size = one(cursor, "SELECT internal_events.metric_value('database.version')")
    assert size in text_of(out / 'metrics/database.version.html')
    assert 'Every installation has this metric.' in text_of(out / 'metrics/database.version.html')
    assert 'no history by day' in text_of(out / 'metrics/database.version.html')
    assert 'It fails: metric "broken.division": division by zero' in text_of(out / 'metrics/broken.division.html')
    assert 'not_available' in text_of(out / 'metrics/not.there.html')
    assert 'Mend it, then load the definition again.' in text_of(out / 'metrics/not.there.html')

    run('dictionary', '-d', f'dbname={db.name} user=reader', '--no-values', '-o', out, database=db)
    said = whole_text(out)
    assert '7,919' not in said and '7919' not in said and size not in said and 'The last 28 days' not in said
    assert 'The view metrics."counts.opened" : SELECT CASE WHEN t.answerable' in said


def test_files_and_a_database_that_differ(db, definitions, out):
    load_event(db, 'opened')
    load_metric(db, 'counts.opened', {'name': 'opened'}, time_frame=['7d', 'all'])
    db.psql("SELECT track_event('opened')")
    (definitions / 'new.yml').write_text(metric_yaml('counts.new', {'name': 'opened'}))
    run('dictionary', definitions, '-d', '', '-o', out, database=db)
    assert 'another definition' not in whole_text(out)
    assert 'Value 1 Days' in text_of(out / 'metrics/counts.opened.html')
    assert 'not_loaded' in text_of(out / 'metrics/counts.new.html')
    assert not (out / 'metrics/database.version.html').exists()

    changed = (definitions / 'count.yml').read_text().replace('"description": "counts.opened"', '"description": "Changed"')
    (definitions / 'count.yml').write_text(changed)
    run('dictionary', definitions, '-d', '', '-o', out, database=db)
    assert 'The database has another definition of this metric' in text_of(out / 'metrics/counts.opened.html')
    assert 'Changed' in text_of(out / 'metrics/counts.opened.html')


@pytest.mark.usefixtures('roles')
def test_who_may_not_read_is_told_how(db, out):
    ran = run('dictionary', '-d', f'dbname={db.name} user=nobody', '-o', out, database=db, status=1)
    assert 'permission denied' in ran.stderr and 'GRANT internal_events_reader TO "nobody"' in ran.stderr
    assert not out.exists()


def test_without_dbname_no_database_is_asked(db, definitions, out):
    db.psql("SELECT 1")
    run('dictionary', definitions, '-o', out, database=db)
    assert 'of database' not in whole_text(out)


def test_a_database_without_the_extension(cluster, out):
    ran = run('dictionary', '--dbname', 'postgres', '-o', out, status=1, env=cluster.env)
    assert 'does not have the extension' in ran.stderr
    assert not out.exists()


def test_what_cannot_be_written_is_said(definitions, out):
    out.mkdir()
    shutil.copytree(CHECKOUT / 'docs', out / 'metrics')
    ran = run('dictionary', definitions, '-o', out / 'metrics/command.md/x', status=1)
    assert 'cannot make' in ran.stderr
