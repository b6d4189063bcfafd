"""A million calls in one statement, against INSERT ... SELECT of the same rows."""

import contextlib

import harness

TRACK = 'SELECT count(track_event(name, user_id, project_id)) FROM source'

# Rows that are ready, id included: less than whoever does without track_event() has to do.
COPY_ROWS = """
INSERT INTO plain_events (xid, id, event_definition_id, cluster_id, tracked_at, user_id, project_id, send_to_snowplow)
SELECT txid_current(), id, event_definition_id, cluster_id, now(), user_id, project_id, true FROM source"""

MAKE_ROWS = COPY_ROWS.replace('(), id,', '(), gen_random_uuid(),')


def run(bench):
    """Measures and returns the rows."""
    count = bench.size(1_000_000, 50_000)
    with bench.database('bulk') as database:
        harness.define_events(database, 1, ['user'])
        harness.make_twin(database)
        database.psql(f"""
            CREATE TABLE source AS
            SELECT 'e1' AS name, 1 AS event_definition_id, internal_events.cluster_id() AS cluster_id,
                   gen_random_uuid() AS id, (random() * 1000000)::bigint AS user_id, (random() * 10000)::bigint AS project_id
              FROM generate_series(1, {count})""")
        database.psql('VACUUM ANALYZE source')

        def emptied(sql):
            """A side that empties the tables and times a statement."""
            def measure():
                harness.empty(database)
                with contextlib.closing(harness.connect(database)) as connection:
                    return harness.seconds_of(connection, sql)[0]
            return measure

        found = bench.interleave('bulk', 's', {
            'track_event': emptied(TRACK),
            'INSERT ... SELECT': emptied(COPY_ROWS),
            'INSERT ... SELECT, ids made': emptied(MAKE_ROWS),
        }, warm_up=True)
    work = f'{count:,} calls in one statement'
    ours = found['track_event']
    return [
        harness.Row(work, 'INSERT ... SELECT of ready rows', 's', ours, found['INSERT ... SELECT'], '<= 1.3'),
        harness.Row(work, 'the same, making the ids too', 's', ours, found['INSERT ... SELECT, ids made']),
    ]
