"""The values of all metrics over dense sketches, against a hand-written hll_union_agg."""

import contextlib

import harness

OURS = 'SELECT * FROM internal_events.metric_values'


def fill(database, rules, different):
    """Gives every unique rule a dense sketch of 20,000 elements on each of the 28 days; a few hundred take turns."""
    database.psql(f"""
        CREATE TEMP TABLE sketches AS
        SELECT n, internal_events.sketch_of(internal_events.element(n * 15000 + i)) AS sketch
          FROM generate_series(0, {different - 1}) n, generate_series(1::bigint, 20000) i
         GROUP BY n;
        INSERT INTO internal_events.buckets (rule_id, day, sketch)
        SELECT r.id, t.period_start + d, s.sketch
          FROM internal_events.time_frames t
         CROSS JOIN generate_series(0, 27) d
         CROSS JOIN internal_events.rules r
          JOIN sketches s ON s.n = (r.id * 28 + d) % {different}
         WHERE t.time_frame = '28d' AND r.identifier IS NOT NULL;
        DROP TABLE sketches""")
    database.psql('VACUUM ANALYZE')
    filled = database.psql('SELECT count(*) FROM internal_events.buckets')
    if filled != str(rules * 28):
        raise RuntimeError(f'{filled} buckets instead of {rules * 28}')


def run(bench):
    """Measures and returns the rows."""
    metrics = bench.size(1000, 50)
    with bench.database('all_metrics') as database:
        bench.say(f'all metrics: loading {metrics} metrics')
        harness.define_events(database, metrics, ['user'])
        bench.say('all metrics: making sketches')
        fill(database, metrics, bench.size(280, 14))
        first, last = database.psql("SELECT period_start || ' ' || period_end FROM internal_events.time_frames "
                                    "WHERE time_frame = '28d'").split()
        by_hand = ('SELECT rule_id, hll_cardinality(hll_union_agg(sketch)) FROM internal_events.buckets '
                   f"WHERE day BETWEEN '{first}' AND '{last}' GROUP BY rule_id")

        built_in = int(database.psql('SELECT count(*) FROM internal_events.built_in_metrics'))

        def side(sql, expected=metrics, **settings):
            """A side that times a query in a session of its own and counts its rows."""
            def measure():
                with contextlib.closing(harness.connect(database, **settings)) as connection:
                    seconds, rows = harness.seconds_of(connection, sql)
                if len(rows) != expected:
                    raise RuntimeError(f'{len(rows)} values instead of {expected}')
                return seconds
            return measure

        found = bench.interleave('all metrics', 's', {
            'metric_values': side(OURS, metrics + built_in),
            'hll_union_agg': side(by_hand),
            'hll_union_agg, sorted': side(by_hand, **{'hll.force_groupagg': 'on'}),
            'one metric_value()': side_one(database),
        }, warm_up=True)
    work = f'{metrics:,} unique metrics, 28 dense days'
    peer = min('hll_union_agg', 'hll_union_agg, sorted', key=found.get)
    return [
        harness.Row(work, f'{peer}, GROUP BY', 's', found['metric_values'], found[peer], '<= 1.5'),
        harness.Row('metric_value() of one of them', 'all of them in one query', 's',
                    found['one metric_value()'], found['metric_values']),
    ]


def side_one(database):
    """A side that times one metric's value in a new session."""
    def measure():
        with contextlib.closing(harness.connect(database)) as connection:
            return harness.seconds_of(connection, "SELECT internal_events.metric_value('counts.user1')")[0]
    return measure
