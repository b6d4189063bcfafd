"""Objects that a database's owner plants in schema public, for the script of a superuser to take for PostgreSQL's own."""

import gzip

import pytest

from cluster import ClusterError
from support import CHECKOUT, VERSION, extension_folder

TYPES = ('oid', 'regclass', 'regproc', 'regrole', 'regprocedure', 'name', 'text', '"char"', 'integer', 'bigint', 'numeric',
         'double precision', 'boolean', 'date', 'timestamptz', 'interval', 'jsonb', 'xid8', 'pg_snapshot', 'text[]', 'name[]',
         'bigint[]', 'aclitem[]')
OPERATORS = ('=', '<>', '||', '~', '<', '-')
ONE = ('unnest', 'count', 'array_agg', 'to_jsonb', 'cardinality', 'max', 'min', 'jsonb_agg', 'quote_literal', 'pg_typeof',
       'row_to_json', 'concat', 'jsonb_build_object', 'bool_and', 'sum', 'length', 'lower')
TWO = ('format', 'concat', 'concat_ws', 'array_position', 'jsonb_build_object', 'jsonb_object_agg', 'array_remove',
       'array_append', 'array_cat', 'coalesce_keys', 'string_agg', 'generate_series', 'replace', 'round', 'power')

RELEASED = CHECKOUT / 'sql/released/internal_events--0.2.0.sql.gz'

# Each refuses to be run, and has the very types of what it is called with.
PLANT = f"""
    DO $$
    DECLARE
        a text;
        b text;
        f text;
        planted integer := 0;
    BEGIN
        FOREACH a IN ARRAY ARRAY{list(TYPES)} LOOP
            FOREACH f IN ARRAY ARRAY{list(ONE)} LOOP
                EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS text LANGUAGE plpgsql IMMUTABLE AS '
                               '''BEGIN RAISE EXCEPTION $e$trapped: %s$e$; END''', f, a, f);
                planted := planted + 1;
            END LOOP;
            FOREACH b IN ARRAY ARRAY{list(TYPES)} LOOP
                FOREACH f IN ARRAY ARRAY{list(TWO)} LOOP
                    CONTINUE WHEN a <> 'text' AND b <> 'text' AND a <> b;
                    EXECUTE format('CREATE FUNCTION public.%I(%s, %s) RETURNS text LANGUAGE plpgsql IMMUTABLE AS '
                                   '''BEGIN RAISE EXCEPTION $e$trapped: %s$e$; END''', f, a, b, f);
                    planted := planted + 1;
                END LOOP;
                EXECUTE format('CREATE FUNCTION public.trap(%s, %s) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS '
                               '''BEGIN RAISE EXCEPTION $e$trapped: an operator$e$; END''', a, b);
                FOREACH f IN ARRAY ARRAY{list(OPERATORS)} LOOP
                    EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.trap)', f, a, b);
                    planted := planted + 1;
                END LOOP;
            END LOOP;
        END LOOP;
        RAISE NOTICE 'planted %', planted;
    END $$"""


@pytest.fixture(name='hostile')
def fixture_hostile(cluster):
    """An empty database whose owner is no superuser, but owns schema public."""
    cluster.psql('DROP DATABASE IF EXISTS hostile WITH (FORCE)')
    cluster.psql('DROP ROLE IF EXISTS mallory')
    cluster.psql('CREATE ROLE mallory LOGIN')
    database = cluster.createdb('hostile')
    cluster.psql('ALTER DATABASE hostile OWNER TO mallory')
    cluster.psql('ALTER SCHEMA public OWNER TO pg_database_owner', db='hostile')
    yield database
    cluster.psql('DROP DATABASE hostile WITH (FORCE)')


def plant(database):
    """Plants the objects as the owner; thousands."""
    said = database.psql(PLANT, role='mallory', check=False)
    assert int(said.rpartition('planted ')[2]) > 3000, said


def test_install_takes_none(hostile):
    """CREATE EXTENSION by a superuser calls nothing of them, and what it makes means none of them."""
    plant(hostile)
    hostile.psql('CREATE EXTENSION internal_events CASCADE')
    hostile.psql('SELECT * FROM internal_events.maintenance()')
    hostile.psql('SELECT internal_events.rollup()')
    hostile.psql('SELECT count(*) FROM internal_events.status()')


def test_the_traps_are_some(hostile, install):
    """The script of 0.2.0, which also looked where hll is, runs into one."""
    install(gzip.decompress(RELEASED.read_bytes()).decode(), 'before')
    plant(hostile)
    with pytest.raises(ClusterError, match='trapped'):
        hostile.psql("CREATE EXTENSION internal_events VERSION 'before' CASCADE")


def test_an_update_takes_none(hostile, install, cluster):
    """So does ALTER EXTENSION UPDATE from the last release, by names that no other test has."""
    install(gzip.decompress(RELEASED.read_bytes()).decode(), 'before')
    install((extension_folder(cluster) / f'internal_events--0.2.0--{VERSION}.sql').read_text(), f'before--{VERSION}')
    hostile.psql("CREATE EXTENSION internal_events VERSION 'before' CASCADE")
    plant(hostile)
    hostile.psql('ALTER EXTENSION internal_events UPDATE')
    hostile.psql('SELECT * FROM internal_events.maintenance()')
    hostile.psql('SELECT internal_events.rollup()')


def test_a_foreign_name_is_noticed(hostile, install, cluster):
    """An object of ours that means one of somebody else's ends the installation, named."""
    script = (extension_folder(cluster) / f'internal_events--{VERSION}.sql').read_text()
    hostile.psql('CREATE FUNCTION public.stolen() RETURNS integer LANGUAGE sql AS $$SELECT 1$$', role='mallory')
    mark = '\n-- sql/closing/foreign_names.sql\n'
    assert script.count(mark) == 1
    install(script.replace(mark, '\nCREATE VIEW internal_events.leak AS SELECT public.stolen();' + mark), 'leaky')
    with pytest.raises(ClusterError, match=r'view internal_events.leak depends on function public.stolen\(\)'):
        hostile.psql("CREATE EXTENSION internal_events VERSION 'leaky' CASCADE")
