"""Metrics on Redis for the tests of internal-events migrate, and folders of them."""

METRIC = '''---
key_path: counts.{name}
description: Users who opened a {name}
product_group: planning
value_type: number
status: {status}
milestone: "1.2"
time_frame: 7d # a week
data_source: {source}
{more}
tiers:
- free'''
UNIQUE = 'instrumentation_class: RedisHLLMetric\noptions:\n  events:\n  - {name}_opened # by a click'


def metric(name, more=UNIQUE, source='redis_hll', status='active'):
    """Returns a metric of data source redis_hll, without an end of its last line."""
    return METRIC.format(name=name, more=more.format(name=name), source=source, status=status)


def write_tree(folder, files):
    """Writes files {path: text} below a folder and returns it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def contents(folder):
    """Returns {path: bytes} of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob('*') if path.is_file()}
