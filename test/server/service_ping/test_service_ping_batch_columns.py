"""Counting in batches by columns of all kinds: each row once, whatever the type, the order and the gaps."""

import pytest

from measuring import FORCE, load, measured
from support import one, session

ROWS = 4500

# The type of the column, and what its values are made of the numbers from 1 on; a few are null where the name says so.
COLUMNS = {
    'smallint': ('smallint', 'n'),
    'integer': ('integer', '(n - 2000) * 800000'),
    'bigint': ('bigint', "CASE WHEN n % 2 = 0 THEN 9223372036854775807 - n ELSE -9223372036854775807 + n END"),
    'bigint_lowest': ('bigint', "CASE WHEN n = 1 THEN (-9223372036854775808)::bigint ELSE n END"),
    'numeric': ('numeric', 'n / 7.0'),
    'numeric_ends': ('numeric', "CASE n WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' ELSE n / 3.0 END"),
    'float8': ('float8', 'sqrt(n)'),
    'float4': ('float4', 'sqrt(n)'),
    'text': ('text', "md5(n::text)"),
    'text_quotes': ('text', "chr(39) || chr(92) || n || chr(228)"),
    'character': ('character(12)', "md5(n::text)::character(12)"),
    'varchar': ('varchar(40)', "md5(n::text)"),
    'text_c': ('text COLLATE "C"', "md5(n::text)"),
    'uuid': ('uuid', 'md5(n::text)::uuid'),
    'bytea': ('bytea', "decode(md5(n::text), 'hex')"),
    'date': ('date', "date '1900-01-01' + n"),
    'date_ends': ('date', "CASE n WHEN 1 THEN '-infinity'::date WHEN 2 THEN 'infinity' ELSE '2000-01-01'::date + n END"),
    'timestamptz': ('timestamptz', "timestamptz '2026-03-08 00:00+00' + n * interval '7.000001 seconds'"),
    'timestamptz_ends': ('timestamptz', "CASE n WHEN 1 THEN '-infinity'::timestamptz WHEN 2 THEN 'infinity' "
                                        "ELSE now() + n * interval '1 s' END"),
    'timestamp': ('timestamp', "timestamp '2026-11-01 01:00' + n * interval '1.5 seconds'"),
    'interval': ('interval', "n * interval '1 day 7 hours'"),
    'inet': ('inet', "inet '10.0.0.0' + n"),
    'domain': ('positive', 'n'),
    'enum': ('state', "(ARRAY['new', 'paid', 'sent'])[n % 3 + 1]::state"),
    'boolean': ('boolean', 'n % 2 = 0'),
    'nullable_integer': ('integer', 'nullif(n % 1000, 0)'),
    'nullable_text': ('text', "nullif(md5((n % 1000)::text), md5('0'))"),
    'only_null': ('integer', 'NULL'),
    'repeated': ('integer', 'n / 2000'),
    'repeated_text': ('text', "CASE WHEN n < 4000 THEN 'many' ELSE n::text END"),
}


@pytest.fixture(scope='module', name='wide')
def fixture_wide(cluster, template):
    """A database with a table of wide rows for each kind of column, which are too many pages for one statement."""
    database = cluster.createdb('wide', template)
    database.psql("CREATE DOMAIN positive AS bigint CHECK (VALUE > 0); CREATE TYPE state AS ENUM ('new', 'paid', 'sent');"
                  "GRANT USAGE ON TYPE positive, state TO PUBLIC")
    for number, (name, (kind, value)) in enumerate(COLUMNS.items()):
        order = ' DESC NULLS LAST' if number % 2 else ''
        database.psql(f'''
            CREATE UNLOGGED TABLE by_{name} (v {kind}, amount integer, filler text) WITH (fillfactor = 50);
            INSERT INTO by_{name} SELECT {value}, n % 10, repeat('x', 1900) FROM generate_series(1, {ROWS}) n;
            CREATE INDEX ON by_{name} (v{order});
            GRANT SELECT ON by_{name} TO internal_events_reader;
        ''')
        load(database, f'counts.{name}', operation='count', relation=f'by_{name}', batch_column='v', batch_size=1000)
        load(database, f'sums.{name}', operation='sum', relation=f'by_{name}', column='amount', batch_column='v', batch_size=1000)
    return database


def test_each_row_once(wide):
    """Counts and sums by every kind of column are those of the whole table, and were made in batches."""
    with session(wide) as cursor:
        number = one(cursor, FORCE)
        cursor.execute("SELECT split_part(key_path, '.', 2) FROM internal_events.service_ping_measurements "
                       "WHERE ping_id = %s AND batch = 0 AND kind = 'database'", (number,))
        alone = {name for name, in cursor.fetchall()}
    total = 9 * ROWS // 2
    wrong = {path: outcome for path, outcome in measured(wide, number).items()
             if outcome != ('ok', ROWS if path.startswith('counts.') else total, None)}
    assert wrong == {}
    assert alone == set()


def test_other_relations(wide):
    """A partitioned table is counted in batches by its key; without an index, or in a view, it takes one statement."""
    wide.psql("""
        CREATE TABLE parts (id bigint PRIMARY KEY, filler text) PARTITION BY RANGE (id);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (8000);
        CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (8000) TO (20000);
        INSERT INTO parts SELECT n, repeat('x', 1900) FROM generate_series(1, 12000) n;
        CREATE TABLE no_index AS TABLE parts;
        CREATE TABLE half_index AS TABLE parts;
        CREATE INDEX ON half_index (id) WHERE id > 100;
        CREATE VIEW seen AS TABLE parts;
        CREATE MATERIALIZED VIEW stored AS TABLE parts;
        CREATE UNIQUE INDEX ON stored (id);
        GRANT SELECT ON parts, no_index, half_index, seen, stored TO internal_events_reader
    """)
    for name in ('parts', 'no_index', 'half_index', 'seen'):
        load(wide, f'others.{name}', operation='count', relation=name, batch_size=2000)
    load(wide, 'others.stored', operation='distinct_count', relation='stored', column='id', batch_size=2000)
    load(wide, 'others.half', operation='count', relation='half_index', batch_column='id')
    with session(wide) as cursor:
        number = one(cursor, FORCE)
        cursor.execute("SELECT split_part(key_path, '.', 2), value, batch > 1 FROM internal_events.service_ping_measurements "
                       "WHERE ping_id = %s AND key_path ^@ 'others.' ORDER BY 1", (number,))
        assert cursor.fetchall() == [('half', 12000, False), ('half_index', 12000, False), ('no_index', 12000, False),
                                     ('parts', 12000, True), ('seen', 12000, False), ('stored', 12000, True)]


def test_the_preview_counts_alike(wide):
    """service_ping_payload() counts in batches as well."""
    with session(wide) as cursor:
        said = one(cursor, 'SELECT internal_events.service_ping_payload()')
    assert set(said['counts'].values()) == {ROWS}
    assert set(said['sums'].values()) == {9 * ROWS // 2}
