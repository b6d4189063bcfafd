"""What the tests of the command's load share: files, answers, and everything that loading may change."""

from command import run_json
from measuring import definition
from support import event_yaml, look, metric_yaml

# Everything that loading may change, and the identity of what it may make anew.
STATE = '''
    SELECT to_jsonb(t)::text FROM internal_events.event_definitions t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.metric_definitions t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.metric_time_frames t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.metric_rules t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.rules t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.instrumentations t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.value_schemas t
     UNION ALL SELECT to_jsonb(t)::text FROM internal_events.buckets t
     UNION ALL SELECT format('%s %s %s %s', c.oid, c.relname, c.relacl, c.relowner)
                 FROM pg_class c WHERE c.relnamespace IN ('metrics'::regnamespace, 'internal_events'::regnamespace)
     ORDER BY 1
'''


def write_files(folder, files):
    """Writes files {name: text} into a folder, removes those of None, and returns the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    return folder


def write_shop(folder):
    """Writes two events, metrics that count them, and a sum of these; returns the folder."""
    return write_files(folder, {
        'events/opened.yml': event_yaml('opened'), 'events/closed.yml': event_yaml('closed'),
        'metrics/opened.yml': metric_yaml('counts.opened', {'name': 'opened'}),
        'metrics/closed.yml': metric_yaml('counts.closed', {'name': 'closed', 'unique': 'user.id'}),
        'metrics/all.yml': definition('counts.all', time_frame='none', add=['counts.opened', 'counts.closed'])})


def changes(answer):
    """The changes of an answer in JSON as {(change, kind, name)}."""
    return {(c['change'], c['kind'], c['name']) for c in answer['definitions']}


def counts(answer):
    """How many definitions are new, changed, removed, unchanged."""
    return tuple(answer[word] for word in ('new', 'changed', 'removed', 'unchanged'))


def values(database):
    """The values of loaded metrics."""
    with look(database) as cursor:
        cursor.execute("SELECT key_path, value FROM internal_events.metric_values WHERE key_path LIKE 'counts.%'")
        return dict(cursor.fetchall())


def load(database, *arguments, **kw):
    """Runs load on a database and returns its answer."""
    return run_json('load', '--dbname', database.name, *arguments, database=database, **kw)
