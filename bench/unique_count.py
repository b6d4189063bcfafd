"""Unique users of a year, against count(DISTINCT) over the raw events."""

import contextlib

import harness


def run(bench):
    """Measures and returns the rows."""
    events, portion = bench.size(10_000_000, 200_000), bench.size(1_000_000, 100_000)
    with bench.database('unique_count') as database:
        harness.define_events(database, 1, ['user'])
        bench.say(f'unique count: tracking {events:,} events')
        for first in range(1, events + 1, portion):
            database.psql(f"""
                SELECT count(track_event('e1', user_id => (random() * 1000000)::bigint,
                                         occurred_at => now() - random() * interval '364 days'))
                  FROM generate_series({first}, {first + portion - 1})""")
        bench.say('unique count: rolling up')
        with contextlib.closing(harness.connect(database)) as connection:
            seconds, ((read,),) = harness.seconds_of(connection, 'SELECT internal_events.rollup()')
        bench.raw.append(['unique count', 'rollup of the backlog', 1, seconds, 's'])
        bench.say(f'unique count: {read:,} events rolled up in {seconds:.1f} s')
        database.psql('VACUUM ANALYZE')
        first, last = database.psql("SELECT (t - 364) || ' ' || t FROM internal_events.utc_day(now()) t").split()
        raw = f"""FROM internal_events.events e
                  JOIN internal_events.event_definitions d ON d.id = e.event_definition_id
                 WHERE d.name = 'e1' AND e.occurred_at >= '{first} UTC'
                   AND e.occurred_at < '{last} UTC'::timestamptz + interval '1 day'"""
        answers = {}

        def in_session(connection, name, sql):
            """A side that times a query and keeps its answer."""
            def measure():
                seconds, ((answers[name],),) = harness.seconds_of(connection, sql)
                return seconds
            return measure

        def first_of_a_session(name, sql):
            """A side that times a query in a session that has not done anything yet."""
            def measure():
                with contextlib.closing(harness.connect(database)) as connection:
                    return in_session(connection, name, sql)()
            return measure

        ours = f"SELECT internal_events.unique_count('e1', 'user.id', '{first}', '{last}')"
        # One session for all, as an application's pool keeps one: what is asked once more finds its plans ready.
        with contextlib.closing(harness.connect(database, work_mem='256MB')) as connection:
            found = bench.interleave('unique count', 's', {
                'unique_count': in_session(connection, 'unique_count', ours),
                'count(DISTINCT)': in_session(connection, 'count(DISTINCT)', f'SELECT count(DISTINCT e.user_id) {raw}'),
                'count of SELECT DISTINCT': in_session(connection, 'count of SELECT DISTINCT',
                                                       f'SELECT count(*) FROM (SELECT DISTINCT e.user_id {raw}) u'),
                'unique_count, new session': first_of_a_session('unique_count', ours),
            }, warm_up=True)
    error = answers['unique_count'] / answers['count(DISTINCT)'] - 1
    note = f'{answers["unique_count"]:,} for {answers["count(DISTINCT)"]:,}: {error:+.2%}'
    work = f'users of 365 days, {events:,} events'
    ours = found['unique_count']
    return [
        harness.Row(work, 'count(DISTINCT)', 's', ours, found['count(DISTINCT)'], '>= 100', note, speed_up=True),
        harness.Row(work, 'count of SELECT DISTINCT', 's', ours, found['count of SELECT DISTINCT'], speed_up=True),
        harness.Row(f'{work}, new session', 'count(DISTINCT)', 's', found['unique_count, new session'],
                    found['count(DISTINCT)'], speed_up=True),
    ]
