"""Answers `Cluster.psql`, and helpers that take a look, from sessions that stay open where that makes no difference.

Both take most of the time of a short query: psql to start, and a session to fill its caches. What is asked stays as it was: a
statement in a session of its own, which either succeeds or raises. A query from the main thread goes to a session that is
kept, and cleaned up behind it; whatever else it may be ends those first, so that no setting of a role or database, no
template and no library is older than it would be. Several statements, and what only psql understands, are left to psql.
"""

import contextlib
import re
import select
import threading

import psycopg2
import psycopg2.extensions

from cluster import ClusterError

QUERY = re.compile(r'\s*(SELECT|CALL|INSERT|UPDATE|DELETE|WITH|VALUES|TABLE)\b', re.IGNORECASE)
# What begins like a query, but is about the session that runs it, or about those that there are.
OF_SESSIONS = re.compile(r'pg_stat_activity|_backend|pg_locks|pg_reload_conf|pg_prepared|INTO\s+TEMP', re.IGNORECASE)
# What takes psql: its own commands, data that follows, comments, and more than one statement.
OF_PSQL = re.compile(r'[;\\]|--|\bCOPY\b', re.IGNORECASE)
AS_TEXT = psycopg2.extensions.new_type(tuple(psycopg2.extensions.string_types), 'AS_TEXT', lambda value, _cursor: value)


class KeptSessions:
    """The open sessions of a cluster, by database, role and whether values are texts."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._open = {}

    def answer(self, sql, db, role):
        """Returns what psql -At would print, or None where that takes psql."""
        sql = sql.strip().removesuffix(';')
        try:
            if is_main() and not OF_PSQL.search(sql) and QUERY.match(sql) and not OF_SESSIONS.search(sql):
                with self.borrow(db, role, as_text=True) as session:
                    return run(session, sql)
            self.close()
            if not sql or OF_PSQL.search(sql):
                return None
            with contextlib.closing(self._connect(db, role, as_text=True)) as session:
                return run(session, sql)
        except psycopg2.Error as error:
            raise ClusterError(f'psql failed: {error.pgerror or error}'.rstrip()) from None

    @contextlib.contextmanager
    def borrow(self, db, role='postgres', as_text=False):
        """Lends a kept session to the main thread, to others one of their own; what failed or is in a transaction ends."""
        if not is_main():
            with contextlib.closing(self._connect(db, role, as_text)) as session:
                yield session
            return
        session = self._open.pop((db, role, as_text), None)
        # A server that says something without being asked says good-bye.
        if session is None or session.closed or select.select([session], [], [], 0)[0]:
            session = self._connect(db, role, as_text)
        try:
            yield session
            session.cursor().execute('DISCARD ALL')
        except BaseException:
            session.close()
            raise
        self._open[db, role, as_text] = session

    def close(self):
        """Ends the sessions, if it is the main thread that asks: it alone uses them."""
        while self._open and is_main():
            self._open.popitem()[1].close()

    def _connect(self, db, role, as_text):
        """Returns a new session."""
        session = self._cluster.connect(dbname=db, user=role, application_name='psql')
        session.autocommit = True
        if as_text:
            psycopg2.extensions.register_type(AS_TEXT, session)
        return session


def is_main():
    """Says whether the main thread asks: kept sessions are its alone."""
    return threading.current_thread() is threading.main_thread()


def run(session, sql):
    """Runs a statement and returns its rows as psql -At prints them."""
    with session.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else ()
    return '\n'.join('|'.join('' if value is None else value for value in row) for row in rows)
