"""What the tests of building Service Pings share: definitions of metrics on tables, and how they were measured."""

import json

from cluster import wait_until
from support import SECONDS, load_event, load_metric, look, one

CALL = 'CALL internal_events.build_service_ping()'
FORCE = 'CALL internal_events.build_service_ping(force => true)'


def definition(key_path, time_frame='all', value_type='number', more=None, **instrumentation):
    """Returns the definition of a metric that is instrumented; JSON is YAML."""
    return json.dumps({'key_path': key_path, 'description': key_path, 'value_type': value_type, 'status': 'active',
                       'time_frame': time_frame, 'data_source': 'database', 'instrumentation': instrumentation, **(more or {})})


def load(database, *words, **more):
    """Loads such a definition; returns what the server says beside its key path."""
    return database.psql(f'SELECT internal_events.load_metric_definition($yaml${definition(*words, **more)}$yaml$)', check=False)


def make_table(database, name, rows, kind='bigint', persistence=''):
    """Makes a table of rows of about a hundred bytes, by default with the ids 1 to `rows`, that readers may count."""
    key = {'bigint': 'n', 'uuid': 'md5(n::text)::uuid'}[kind]
    database.psql(f'''
        CREATE {persistence} TABLE {name} (id {kind} PRIMARY KEY, user_id bigint, amount integer NOT NULL, state text,
                                           created_at timestamptz NOT NULL DEFAULT now(), filler text NOT NULL);
        INSERT INTO {name}
        SELECT {key}, n % 1000, n % 7, (ARRAY['new', 'paid', NULL])[n % 3 + 1], now() - n % 1000 * interval '1 hour',
               repeat('x', 60)
          FROM generate_series(1, {rows}) n;
        GRANT SELECT ON {name} TO internal_events_reader;
        ANALYZE {name};
    ''')


def make_small_and_large(database, rows):
    """Makes a metric counts.opened of three events, a table of 10 rows, small, and one of many, large."""
    load_event(database, 'opened')
    load_metric(database, 'counts.opened', {'name': 'opened'})
    database.psql("SELECT track_event('opened') FROM generate_series(1, 3)")
    make_table(database, 'small', 10)
    make_table(database, 'large', rows)


def payload(database, ping):
    """Returns what a Service Ping says, or None where it is not built yet."""
    with look(database) as cursor:
        return one(cursor, 'SELECT payload FROM internal_events.service_pings WHERE id = %s', (ping,))


def measured(database, ping):
    """Returns how the loaded metrics of a Service Ping were measured: {key path: (status, value, SQLSTATE)}."""
    with look(database) as cursor:
        cursor.execute('SELECT key_path, status, value, sqlstate FROM internal_events.service_ping_measurements WHERE '
                       'ping_id = %s AND key_path NOT IN (SELECT key_path FROM internal_events.built_in_metrics)', (ping,))
        return {path: tuple(rest) for path, *rest in cursor.fetchall()}


def progress(database):
    """Returns the progress of the Service Ping that is being built: the row of the view as a dict, or None."""
    with look(database) as cursor:
        return one(cursor, 'SELECT to_jsonb(p) FROM internal_events.service_ping_progress p')


def counts_batches(database, key_path, least=1):
    """Waits until a metric is being counted in batches, at least so many of which are counted; says whether it is."""
    def there():
        row = progress(database)
        return row is not None and row['key_path'] == key_path and row['batch'] >= least
    return wait_until(there, SECONDS)


def statuses(database):
    """Returns the status of every Service Ping, in their order."""
    return database.psql('SELECT status FROM internal_events.service_pings ORDER BY id').splitlines()
