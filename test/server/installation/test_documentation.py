"""What the documentation says is so: its first example, settings, objects, links and commands."""

import json
import re
import subprocess

import pytest

from support import CHECKOUT, program

PAGES = sorted([*CHECKOUT.glob('*.md'), *(CHECKOUT / 'docs').glob('*.md')])
UNITS = {'B': {'B': 1}, 'min': {'min': 1, 'h': 60, 'd': 1440}, 'ms': {'ms': 1, 's': 1000}}
WHO = {'user': 'anyone', 'superuser': 'superuser'}

# Everything that belongs to the extension, written as docs/reference.md does: signature, privileged roles, members.
OBJECTS = '''
    WITH member AS (
        SELECT d.classid, d.objid
          FROM pg_depend d
          JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
         WHERE e.extname = 'internal_events' AND d.deptype = 'e'
    ), granted AS (
        SELECT p.oid, a.grantee FROM pg_proc p CROSS JOIN aclexplode(p.proacl) a WHERE a.grantee <> p.proowner
        UNION ALL
        SELECT c.oid, a.grantee FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
         WHERE a.grantee <> c.relowner AND a.privilege_type = 'SELECT'
    ), object AS (
        SELECT p.oid, concat(CASE p.prokind WHEN 'p' THEN 'procedure ' END, nullif(n.nspname || '.', 'public.'), p.proname,
                             '(', pg_get_function_arguments(p.oid), ')', ' → ' || pg_get_function_result(p.oid)) AS name,
               NULL AS columns
          FROM member m
          JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
          JOIN pg_namespace n ON n.oid = p.pronamespace
        UNION ALL
        SELECT c.oid, concat(CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, ' ', n.nspname, '.', c.relname),
               (SELECT jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod))
                  FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
          FROM member m
          JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'p', 'v')
          JOIN pg_namespace n ON n.oid = c.relnamespace
    )
    SELECT jsonb_object_agg(o.name, jsonb_build_object(
               'columns', o.columns,
               'roles', ARRAY(SELECT replace(g.grantee::regrole::text, 'internal_events_', '')
                                FROM granted g WHERE g.oid = o.oid ORDER BY g.grantee::regrole::text)))
      FROM object o
'''

NAMES = '''
    SELECT jsonb_agg(name)
      FROM (SELECT p.proname AS name FROM pg_proc p WHERE p.pronamespace = 'internal_events'::regnamespace
            UNION SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'internal_events'::regnamespace
            UNION SELECT replace(s.name, 'internal_events.', '') FROM pg_settings s WHERE s.name ~ '^internal_events')
           known
'''


def text_of(page):
    """Returns a page of docs/ or of the top."""
    return (CHECKOUT / page).read_text(encoding='utf-8')


def first_block(text, language):
    """Returns what stands in the first code block of a language."""
    return re.search(rf'^```{language}\n(.*?)^```', text, re.MULTILINE | re.DOTALL)[1]


def lines_of(text):
    """Returns the lines without the blanks at their ends, and without empty lines at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def outside_code(text):
    """Returns the text without its code blocks."""
    return re.sub(r'^```.*?^```', '', text, flags=re.MULTILINE | re.DOTALL)


def cells(line):
    """Returns the cells of a row of a table; backquotes are not part of a cell."""
    return [cell.strip().replace('`', '') for cell in line.strip().strip('|').split('|')]


def entries(text):
    """Returns {signature: body} of docs/reference.md; the form is described at its top."""
    found = {}
    for part in re.split(r'^(?=#|- )', text, flags=re.MULTILINE):
        head = re.match(r'(?:#{4} |- )((?:procedure |table |view |role )?)`([^`]+)`', part)
        if head:
            signature = head[1] + head[2]
            assert signature not in found, f'{signature} has two entries'
            found[signature] = part[head.end():]
    return found


def roles_in(body):
    """Returns the roles that an entry says may use the object."""
    said = re.search(r'(?:Callable|Readable) by:\s+([a-z, ]+)\.', ' '.join(body.split()))
    return sorted(said[1].split(', ')) if said else []


def columns_in(body, all_entries):
    """Returns the columns that an entry lists: {name: type, or None where it lists names only}."""
    listed = re.search(r'Columns: (.*?)\.(?: |$)', ' '.join(body.split()))
    if listed and listed[1].startswith('as of'):
        return columns_in(all_entries['table internal_events.' + listed[1].split('`')[1]], all_entries)
    if listed:
        return dict.fromkeys(re.findall(r'`(\w+)`', listed[1]))
    rows = [cells(line) for line in body.splitlines() if line.startswith('| `')]
    return {row[0]: row[1] for row in rows}


def short(text):
    """Returns a signature or type as docs/reference.md writes it."""
    return re.sub(r"(DEFAULT (?:\w+|'[^']*'))::[^,)]+", r'\1', text).replace('timestamp with time zone', 'timestamptz')


def slug(heading):
    """Returns the anchor that a heading gets."""
    return re.sub(r'[^\w\- ]', '', heading.strip().lower()).replace(' ', '-')


def test_first_example(cluster):
    """The README's first SQL runs as it stands, and prints what the README says."""
    readme = text_of('README.md')
    database = cluster.createdb('readme')
    try:
        printed = program(cluster, 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', database.name,
                          input=first_block(readme, 'sql'))
    finally:
        cluster.psql('DROP DATABASE readme')
    expected = lines_of(first_block(readme, 'text'))
    assert lines_of(printed)[-len(expected):] == expected


def test_settings(db):
    """docs/settings.md lists every setting, with its type, unit, default, range and who may set it."""
    described = {}
    for line in text_of('docs/settings.md').splitlines():
        if line.startswith('| `internal_events.'):
            name, kind, unit, default, allowed, who, _ = cells(line)
            described[name] = [kind, unit, '' if default == 'empty' else default, allowed, who]
    rows = json.loads(db.psql('''
        LOAD 'internal_events';
        SELECT jsonb_agg(s) FROM pg_settings s WHERE s.name LIKE 'internal\\_events.%'
    '''))
    assert sorted(described) == sorted(row['name'] for row in rows)
    for row in rows:
        kind, unit, default, allowed, who = described[row['name']]
        if row['unit']:
            spans = [re.fullmatch(r'(\d+)([a-zA-Z]+)', span) for span in (default, *allowed.split(' to '))]
            default, *limits = [str(int(span[1]) * UNITS[row['unit']][span[2]]) for span in spans]
            assert limits == [row['min_val'], row['max_val']], row['name']
        if row['enumvals']:
            assert allowed.split(', ') == row['enumvals'], row['name']
        assert [kind, unit, default, who] == \
            [row['vartype'], row['unit'] or '', row['boot_val'], WHO[row['context']]], row['name']


def test_reference(db):
    """docs/reference.md has every function, table, view, column and role, with its privileges, and nothing else."""
    described = entries(text_of('docs/reference.md'))
    roles = {name for name in described if name.startswith('role ')}
    made = db.psql("SELECT 'role ' || rolname FROM pg_roles WHERE rolname ~ '^internal_events_'")
    assert roles == set(made.splitlines())
    objects = {short(name): known for name, known in json.loads(db.psql(OBJECTS)).items()}
    assert sorted(set(described) - roles) == sorted(objects)
    for name, known in objects.items():
        assert roles_in(described[name]) == sorted(known['roles']), name
        if known['columns']:
            types = {column: short(kind) for column, kind in known['columns'].items()}
            listed = columns_in(described[name], described)
            assert sorted(listed) == sorted(types), name
            assert {column: kind or types[column] for column, kind in listed.items()} == types, name


def test_names(db):
    """Every function, relation and setting of the extension that a page names exists."""
    known = set(json.loads(db.psql(f"LOAD 'internal_events'; {NAMES}")))
    for page in PAGES:
        named = set(re.findall(r'(?<![\w/."])internal_events\.([a-z_]+)\b(?!\.)', page.read_text(encoding='utf-8')))
        assert named <= known, f'{page.name}: {named - known}'


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_links(page):
    """Every link to a file of this repository leads to one, and to a heading that is there."""
    for target in re.findall(r'\]\(([^)\s]+)\)', outside_code(page.read_text(encoding='utf-8'))):
        if re.match(r'[a-z]+:', target):
            continue
        path, _, anchor = target.partition('#')
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r'^#+ (.*)$', outside_code(file.read_text(encoding='utf-8')), re.MULTILINE)
            assert anchor in map(slug, headings), target


def test_commands():
    """Every make target that a page mentions is one, and `make help` lists it; every script is there."""
    listed = subprocess.run(['make', '-s', 'help'], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True).stdout
    targets = set(re.findall(r'^ *make ([a-z-]+)', listed, re.MULTILINE))
    for page in PAGES:
        text = page.read_text(encoding='utf-8')
        mentioned = set(re.findall(r'(?:`|^|&& |sudo )make ([a-z][a-z-]+)', text, re.MULTILINE))
        assert mentioned <= targets, page.name
        for script in re.findall(r'(?<![\w/])(?:scripts|test|bench|demo|sql|src|control|definitions)/[\w./-]*\w', text):
            assert (CHECKOUT / script).exists() or '*' in text[text.index(script) + len(script)], f'{page.name}: {script}'
