"""Runs the command internal-events, as it was installed."""

import json
import os
import subprocess

from cluster import CHECKOUT

COMMAND = CHECKOUT / 'build/root/usr/local/bin/internal-events'


def environment(database=None, **more):
    """The environment of a run: nobody's own settings of libpq or a terminal; a database is named by libpq's variables."""
    ours = ('NO_COLOR', 'COLUMNS', 'LINES')
    env = {name: value for name, value in os.environ.items() if not name.startswith('PG') and name not in ours}
    env['LC_ALL'] = 'C.UTF-8'
    if database is not None:
        env.update(database.cluster.env, PGDATABASE=database.name)
    return {**env, **more}


def run(*arguments, database=None, status=0, env=None, **kw):
    """Runs the command without a terminal and returns what it printed, a CompletedProcess; the exit status has to be `status`, if not None."""
    ran = subprocess.run([COMMAND, *map(str, arguments)], env=environment(database, **(env or {})), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, timeout=120, **kw)
    assert status in (None, ran.returncode), f'exit status {ran.returncode}\n{ran.stdout}\n{ran.stderr}'
    return ran


def run_json(*arguments, **kw):
    """Runs the command with --json and returns what it said."""
    return json.loads(run(*arguments, '--json', **kw).stdout)
