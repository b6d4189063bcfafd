"""What the tests of Service Pings share."""


import psycopg2.extras

from cluster import wait_until
from support import SECONDS, look, one, session, sqlstate

BUILD = 'CALL internal_events.build_service_ping()'
SEND = 'CALL internal_events.send_service_pings()'


def configure(database, **settings):
    """Gives a database settings of internal_events, for sessions that begin from now on."""
    for name, value in settings.items():
        quoted = str(value).replace("'", "''")
        database.psql(f"ALTER DATABASE {database.name} SET internal_events.{name} = '{quoted}'")


def deliver_to(database, url, **settings):
    """Makes a URL the receiver of Service Pings; what does not answer is given up soon."""
    configure(database, service_ping_url=url, **{'http_timeout': '400ms', 'http_connect_timeout': '300ms', **settings})


def build(database, force=False):
    """Builds a Service Ping and returns its id."""
    return int(database.psql(f'CALL internal_events.build_service_ping(force => {force})'))


# Takes the place of what puts a ping together, so that building fails after everything was measured.
BROKEN = '''
    CREATE OR REPLACE FUNCTION internal_events.nest_key_paths(key_paths text[], "values" jsonb[]) RETURNS json
    LANGUAGE plpgsql IMMUTABLE STRICT AS $$
    BEGIN
        RAISE EXCEPTION 'the disk of Graham is full' USING ERRCODE = 'disk_full';
    END $$'''
DISK_FULL = '53100'


def fail_a_build(database):
    """Makes a build fail, as where something is broken in the database; returns the ping's id."""
    with look(database) as cursor:
        whole = one(cursor, "SELECT pg_get_functiondef('internal_events.nest_key_paths'::regproc)")
        cursor.execute(BROKEN)
        assert sqlstate(cursor, 'CALL internal_events.build_service_ping(force => true)') == DISK_FULL
        cursor.execute(whole)
        return one(cursor, 'SELECT max(id) FROM internal_events.service_pings')


def send(database, role='postgres'):
    """Sends what is due."""
    database.psql(SEND, role=role)


def make_due(database):
    """Puts the hour of the next attempt forward to now, where there is one."""
    database.psql('UPDATE internal_events.service_pings SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL')


def ping(database, number):
    """Returns a Service Ping's row, with names; payload as text."""
    with look(database, cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
        cursor.execute('SELECT *, payload::text AS body, extract(epoch FROM next_attempt_at - clock_timestamp()) / 3600 '
                       'AS hours FROM internal_events.service_pings WHERE id = %s', (number,))
        return cursor.fetchone()


def attempts(database, number):
    """Returns the attempts at sending a Service Ping, in their order: status of HTTP and error."""
    with look(database) as cursor:
        cursor.execute('SELECT http_status, error FROM internal_events.service_ping_attempts WHERE ping_id = %s '
                       'AND finished_at >= started_at ORDER BY attempt', (number,))
        return cursor.fetchall()


def state(database, number):
    """Returns what became of a Service Ping: its status, how often it was sent, and whether it is due by now."""
    row = ping(database, number)
    return row.status, row.attempts, row.next_attempt_at is not None and row.hours <= 0


def sending(database):
    """Returns the process ids of the sessions that are sending, by what the pings say."""
    return [int(line) for line in database.psql(
        "SELECT backend_pid FROM internal_events.service_pings WHERE status = 'sending'").splitlines()]


def activity(cursor, pid):
    """Returns what a session holds: transaction id, snapshot, and the number of locks on relations."""
    return one(cursor, '''
        SELECT a.backend_xid, a.backend_xmin,
               (SELECT count(*) FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'relation')
          FROM pg_stat_activity a WHERE a.pid = %s''', (pid,))


def ended(database, pid):
    """Waits until a session is gone, and says whether it is."""
    return wait_until(lambda: database.psql(f'SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}') == '0', SECONDS)
