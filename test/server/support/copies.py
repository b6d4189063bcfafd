"""Copies of databases in other clusters."""

from support import program


def dump_and_restore(database, target, form, folder):
    """Copies a database to a cluster by pg_dump; returns the copy."""
    copy = target.createdb('copy')
    dumped = folder / f'dump.{form}'
    if form == 'plain':
        program(database.cluster, 'pg_dump', '-d', database.name, '-f', dumped)
        program(target, 'psql', '-Xqd', copy.name, '-v', 'ON_ERROR_STOP=1', '-f', dumped)
    else:
        # In parallel, both ways.
        program(database.cluster, 'pg_dump', '-d', database.name, '-Fd', '-j2', '-f', dumped)
        program(target, 'pg_restore', '--exit-on-error', '-j2', '-d', copy.name, dumped)
    return copy


def drop_copy(target):
    """Drops what dump_and_restore() made."""
    target.psql('DROP DATABASE IF EXISTS copy WITH (FORCE)')
