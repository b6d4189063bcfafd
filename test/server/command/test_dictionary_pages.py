"""The pages of internal-events dictionary, in a headless Chromium, from files, by keyboard. Pictures: build/screenshots."""

import json
import pathlib
import shutil

import pytest

from browser import DESKTOP, PHONE, browser
from cluster import wait_until
from command import run, run_json
from support import CHECKOUT, CORPUS, SECONDS, event_yaml, metric_yaml, one, session

PICTURES = CHECKOUT / 'build/screenshots/dictionary'
METRIC = 'metrics/redis_hll_counters.users_creating_issues_weekly.html'
PAGES = ('index.html', 'events.html', METRIC, 'events/issue_created.html', 'metrics/hostname.html')
HOSTILE = '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">\'"&{{>head}}{{{heading}}}</pre>'

# Events of the last days, with a rollup before the last of them.
TRACK = '''
    SELECT count(track_event((ARRAY['issue_created', 'comment_posted'])[i % 2 + 1], user_id => i * i % 997, project_id => i % 50,
                             occurred_at => now() - i % 27 * interval '1 day'))
      FROM generate_series(1, 4000) i
'''

# The lowest contrast between a text and what is behind it, by WCAG, and that text.
CONTRAST = '''
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const channels = (colors) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (colors) => channels(colors).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => (element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : ['white']);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let lowest = [99, 'nothing'];
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.matches('script, noscript, option')) continue;
      const back = behind(element);
      const pair = [luminance(back), luminance([...back, getComputedStyle(element).color])].sort((a, b) => b - a);
      const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
      if (contrast < lowest[0]) lowest = [contrast, walker.currentNode.data.trim()];
    }
    return lowest;
'''

# How many different colours a canvas shows.
COLOURS = '''
    const canvas = document.querySelector('.chart canvas');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(data.buffer)).size;
'''


@pytest.fixture(scope='module', name='database')
def fixture_database(cluster, template):
    """A database with the sample definitions and some events."""
    database = cluster.createdb('planner', template)
    folder = cluster.share(CHECKOUT / 'definitions')
    database.psql(f"SET client_min_messages = error; SELECT count(*) FROM internal_events.load_definitions('{folder}')")
    with session(database) as cursor:
        assert one(cursor, TRACK) == 4000
        cursor.execute('SELECT internal_events.rollup()')
        assert one(cursor, TRACK) == 4000
    return database


@pytest.fixture(scope='module', name='site')
def fixture_site(database, tmp_path_factory):
    """The dictionary of that database."""
    folder = tmp_path_factory.mktemp('dictionary')
    run('dictionary', CHECKOUT / 'definitions/events', CHECKOUT / 'definitions/metrics', CHECKOUT / 'definitions/built_in', '-d', '',
        '--title', 'Metrics of Planner', '-o', folder, database=database)
    return folder


@pytest.fixture(scope='module', name='chromium')
def fixture_chromium(tmp_path_factory):
    """A browser for the module."""
    with browser(tmp_path_factory.mktemp('profile')) as running:
        yield running


@pytest.fixture(name='page')
def fixture_page(chromium):
    """The browser, light and of a desktop's size. What it asks for has to be files, and nothing may be complained of."""
    chromium.look()
    chromium.forget()
    yield chromium
    chromium.read_logs()
    assert [address for address in chromium.requests if not address.startswith('file:///')] == []
    assert chromium.messages == []


def write_site(folder, files):
    """Writes definitions and the dictionary of them; returns its folder."""
    (folder / 'config').mkdir()
    for number, text in enumerate(files):
        (folder / f'config/{number}.yml').write_text(text)
    run('dictionary', folder / 'config', '-o', folder / 'site')
    return folder / 'site'


def key_paths(page):
    """Returns the key paths that the table shows."""
    return page.texts('table.dictionary tbody th a')


def test_search_by_keyboard(page, site):
    page.open(site / 'index.html')
    total = page.one('.count').text
    page.press('/', 'i', 's', 's', 'u', 'e', ' ', 'w', 'e', 'e', 'k')
    found = key_paths(page)
    assert 0 < len(found) < 10 and all('weekly' in name for name in found)
    assert page.one('.count').text == f'{len(found)} of {total}'
    assert page.run('return location.hash') == '#q=issue+week&sort=metric.asc'
    page.press('/', 'x', 'x')
    assert page.texts('table.dictionary tbody') == ['No metrics are like that.']
    page.tab_to('button[type=reset]')
    page.press('ENTER')
    page.run('return new Promise((done) => setTimeout(done, 50))')
    assert page.one('.count').text == total
    assert page.run('return document.activeElement.name') == 'q'


def test_filters_by_keyboard_stand_in_the_address(page, site):
    page.open(site / 'index.html')
    page.tab_to('select[name=frame]')
    page.press('7')
    page.tab_to('select[name=tier]')
    page.press('p')
    found = key_paths(page)
    assert found and set(page.texts('td[data-label="Time frame"]')) == {'7d'}
    assert all('premium' in tiers.split() for tiers in page.texts('td[data-label="Tier"]'))
    address = page.run('return location.hash')
    assert 'frame=7d' in address and 'tier=premium' in address
    page.open(site / 'index.html', address)
    assert key_paths(page) == found
    page.run("location.hash = '#frame=28d&status=%3Cx%3E&page=99&sort=nothing.asc'")
    page.run('return new Promise((done) => setTimeout(done, 50))')
    assert set(page.texts('td[data-label="Time frame"]')) == {'28d'}


def test_order_by_keyboard(page, site):
    page.open(site / 'index.html')
    names = key_paths(page)
    assert names == sorted(names)
    page.tab_to('th[data-name=metric] button')
    page.press('ENTER')
    assert key_paths(page) == names[::-1]
    assert page.one('th[data-name=metric]').get_attribute('aria-sort') == 'descending'
    page.tab_to('th[data-name=value] button')
    page.press(' ')
    page.press(' ')
    assert page.one('th[data-name=value]').get_attribute('aria-sort') == 'descending'
    assert page.run('return location.hash') == '#sort=value.desc'
    numbers = [float(text) for text in page.run(
        "return [...document.querySelectorAll('td[data-label=Value]')].map((e) => e.dataset.order)") if text]
    assert len(numbers) > 20 and numbers == sorted(numbers, reverse=True)


def test_pages_of_a_long_table(page, tmp_path):
    site = write_site(tmp_path, [event_yaml('opened'), *(
        metric_yaml(f'counts.m{number:03}', {'name': 'opened'}) for number in range(250))])
    page.open(site / 'index.html')
    assert len(key_paths(page)) == 100 and page.one('.pager span').text == 'Page 1 of 3'
    page.run("[...document.querySelectorAll('tbody a')].at(-1).focus()")
    page.tab_to('.pager button:not(:disabled)')
    page.press('ENTER', ' ')
    assert key_paths(page)[0] == 'counts.m200' and len(key_paths(page)) == 50
    page.press('TAB')
    assert page.run("return document.activeElement.textContent") != 'Next'
    page.open(site / 'index.html', '#page=2')
    assert key_paths(page)[0] == 'counts.m100'


def test_links_by_keyboard(page, site):
    page.open(site / 'index.html', '#q=users_creating_issues_weekly')
    page.tab_to('table.dictionary tbody a')
    page.press('ENTER')
    assert page.one('h1').text == 'redis_hll_counters.users_creating_issues_weekly'
    page.tab_to('a[href="../events/issue_created.html"]')
    page.press('ENTER')
    assert page.one('h1').text == 'issue_created'
    page.tab_to('a[href="../metrics/redis_hll_counters.users_creating_issues_monthly.html"]')
    page.press('ENTER')
    assert page.one('h1').text == 'redis_hll_counters.users_creating_issues_monthly'
    assert {'7d', 'all'} <= set(page.texts('aside a'))
    page.open(site / 'index.html')
    page.press('TAB')
    assert page.run("return document.activeElement.matches('.skip')")
    page.press('ENTER', 'TAB')
    assert page.run('return document.activeElement.name') == 'q'


def test_every_link_leads_somewhere(site):
    for path in site.rglob('*.html'):
        for part in path.read_text().split(' href="')[1:]:
            target = part.partition('"')[0]
            assert target.startswith(('#', 'https://', 'data:')) or (path.parent / target).is_file(), f'{path}: {target}'


def test_picture_and_its_numbers(page, site, database):
    page.open(site / METRIC)
    assert page.run(COLOURS) > 5
    page.tab_to('summary')
    page.press('ENTER')
    with session(database) as cursor:
        cursor.execute('SELECT day::text, value::bigint FROM internal_events.metric_history() WHERE key_path = %s ORDER BY day',
                       ('redis_hll_counters.users_creating_issues_weekly',))
        expected = [(day, f'{value:,}') for day, value in cursor.fetchall()]
    shown = list(zip(page.texts('.days tbody th'), page.texts('.days tbody td')))
    assert [(day.replace(' (so far)', ''), number) for day, number in shown] == expected and len(expected) == 28
    assert shown[-1][0].endswith(' (so far)')
    light = page.run('return getComputedStyle(document.documentElement).backgroundColor')
    bars = page.run("return document.querySelector('.chart canvas').toDataURL()")
    page.look(scheme='dark')
    assert page.run('return getComputedStyle(document.documentElement).backgroundColor') != light
    assert wait_until(lambda: page.run("return document.querySelector('.chart canvas').toDataURL()") != bars, SECONDS)


@pytest.mark.parametrize(('name', 'kind'), zip(PAGES, ('metrics', 'events', 'metric', 'event', 'text')))
def test_every_page_can_be_read(page, site, name, kind):
    for scheme in ('light', 'dark'):
        for size in (DESKTOP, PHONE):
            page.look(size, scheme)
            page.open(site / name)
            contrast, text = page.run(CONTRAST)
            assert contrast >= 4.5, f'{scheme}: {text}'
            assert page.run('return document.documentElement.scrollWidth <= innerWidth'), f'{size} scrolls sideways'
            page.shoot(PICTURES / f"{kind}-{scheme}{'-phone' if size == PHONE else ''}.png", whole=name not in PAGES[:2])
    assert page.run('return document.documentElement.lang') == 'en' and len(page.all('h1')) == 1
    assert page.run("return [...document.querySelectorAll('th')].every((e) => e.textContent.trim() && e.scope)")
    unnamed = "return [...document.querySelectorAll('input, select')].filter((e) => !e.labels.length).length"
    assert page.run(unnamed) == 0


@pytest.mark.parametrize('name', [METRIC, 'events/issue_created.html'])
def test_names_have_room_on_a_phone(page, site, name):
    """What a row is about takes the whole width, and its other cells say what they are."""
    page.look(PHONE)
    page.open(site / name)
    names = page.run("return [...document.querySelectorAll('.cards tbody tr')]"
                     ".map((row) => row.cells[0].clientWidth / row.clientWidth)")
    assert names and min(names) > 0.95
    assert page.run("return getComputedStyle(document.querySelector('td[data-label=Where]'), '::before').content") == '"Where"'


def test_without_scripts_all_is_there(page, site):
    page.look(scripts=False)
    page.driver.get(f'file://{site}/index.html')
    page.shoot(PICTURES / 'metrics-without-scripts.png')
    assert page.texts('noscript')[0].startswith('Search, filters') and not page.one('.tools').is_displayed()
    assert len(page.all('table.dictionary tbody tr')) == len(list((site / 'metrics').iterdir()))
    page.driver.get(f'file://{site}/{METRIC}')
    assert not page.one('.chart').is_displayed() and page.one('summary').is_displayed()


def test_hostile_definitions_do_nothing(page, tmp_path):
    event = {**json.loads(event_yaml('opened')), 'description': HOSTILE, 'product_group': HOSTILE, 'milestone': HOSTILE,
             'introduced_by_url': 'javascript:window.hacked=1', 'tiers': ['free'], 'category': HOSTILE,
             'additional_properties': {'label': {'description': HOSTILE, 'type': HOSTILE}}}
    metric = {**json.loads(metric_yaml('counts.opened', {'name': 'opened', 'filter': {'label': HOSTILE}})),
              'description': HOSTILE, 'product_group': HOSTILE, 'introduced_by_url': ' javascript:window.hacked=1',
              'repair_issue_url': 'data:text/html,' + HOSTILE, 'milestone': HOSTILE}
    site = write_site(tmp_path, [json.dumps(event), json.dumps(metric)])
    for name in ('index.html', 'events.html', 'metrics/counts.opened.html', 'events/opened.html'):
        page.open(site / name)
        assert page.run('return window.hacked') is None
        assert page.all('main img, main article script, a[href^="javascript:"], a[href*="data:text"]') == []
        assert HOSTILE in page.one('main').get_property('textContent')
    page.open(site / 'index.html', '#group=' + 'x%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E')
    page.tab_to('select[name=group]')
    page.press('<')
    assert key_paths(page) == ['counts.opened']


def test_nothing_else_may_run_or_be_asked_for(chromium, site):
    """What the pages' policy forbids, whatever got into them."""
    chromium.look()
    chromium.open(site / 'index.html')
    chromium.run('''
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 1';
        document.body.append(script);
        const image = document.createElement('img');
        image.src = 'http://127.0.0.1:9/x.png';
        document.body.append(image)''')
    assert chromium.run('return window.hacked') is None
    assert chromium.run("return fetch('http://127.0.0.1:9/').then(() => 'asked', (error) => error.name)") == 'TypeError'
    chromium.forget()
    chromium.open(site / 'index.html')
    chromium.read_logs()
    assert chromium.messages == []


def test_all_of_gitlab(page, tmp_path):
    if not CORPUS.is_dir():
        pytest.skip(f'{CORPUS} is not there')
    shutil.copytree(CORPUS / 'config', tmp_path / 'config')
    for problem in run_json('validate', tmp_path / 'config', status=1)['problems']:
        if problem['severity'] == 'error':
            pathlib.Path(problem['file']).unlink(missing_ok=True)
    run('dictionary', tmp_path / 'config', '-o', tmp_path / 'site')
    page.open(tmp_path / 'site/index.html')
    total = len(list((tmp_path / 'site/metrics').iterdir()))
    assert total > 100 and page.one('.count').text == f'{total} metrics'
    for name in PAGES[:2]:
        page.open(tmp_path / 'site' / name)
        for width in (1280, 1153, 1152, 700):
            page.look((width, 800))
            assert page.run('return document.documentElement.scrollWidth <= innerWidth'), f'{name} scrolls sideways at {width}'
        page.look()
        page.shoot(PICTURES / f'gitlab-{name[:-5]}.png')
    page.tab_to('table.dictionary tbody a')
    page.press('ENTER')
    assert page.one('h1').text
