"""What `internal-events status` finds in a database, and what it says of that."""

from command import run, run_json

# pg_cron lives in a database of its own, as in a cluster with several that have the extension.
WITH_PG_CRON = {'conf': {'shared_preload_libraries': 'pg_cron', 'cron.database_name': 'home', 'cron.use_background_workers': 'on'}}
JOBS = ['rollup', 'maintenance', 'service ping', 'late service ping']


def findings(database, *options, **kw):
    """Returns what needs a hand: {code: (severity, message, remedy)}."""
    report = run_json('status', '-d', database.dsn(), *options, status=None, **kw)
    found = {each['code']: (each['severity'], each['message'], each['remedy']) for each in report['findings']}
    assert report['ok'] == (not found)
    return found


def expect(database, code, *words, options=()):
    """Asserts that exactly this needs a hand, in these words, and that the exit status says so; returns the remedy."""
    ran = run('status', '-d', database.dsn(), *options, status=1)
    found = findings(database, *options)
    assert set(found) == {code}, found
    severity, message, remedy = found[code]
    assert all(word in message for word in words), message
    assert remedy
    shown = ' '.join(ran.stdout.split())
    assert f'{severity}: ' in shown and f'({code})' in shown and ' '.join(remedy.split()) in shown
    return remedy


def expect_well(database, *options):
    """Asserts that nothing needs a hand."""
    assert findings(database, *options) == {}
    run('status', '-d', database.dsn(), *options)


def mend(database, code, *words, options=()):
    """Asserts that this needs a hand, runs the remedy as it stands, and asserts that all is well afterwards."""
    database.psql(expect(database, code, *words, options=options))
    expect_well(database, *options)
