"""What of Service Pings and forwarding needs a hand: `internal-events status` finds it, and its remedy mends it."""

from cluster import wait_until
from command import run
from findings import WITH_PG_CRON, expect, expect_well, findings, mend
from forwarding import forward, forward_to, lose_patience
from pings import build, configure, deliver_to, fail_a_build, send
from receiver import answer
from support import SECONDS, metric_yaml, rollup, session

CLUSTER = WITH_PG_CRON
REFUSALS = {404: 'forwarding_paused', 503: 'forwarding_failing'}


def test_service_ping_missing(here):
    """A week without a ping is noticed; that of an installation that is new is not missed."""
    expect_well(here)
    here.psql("UPDATE internal_events.instance SET created_at = now() - interval '30 days'")
    mend(here, 'ping_missing', 'no Service Ping of this week')


def test_service_ping_building(here):
    """A build that failed, one that nobody goes on with, and metrics that failed."""
    fail_a_build(here)
    expect(here, 'ping_failed', 'the disk of Graham is full')
    build(here)
    expect_well(here)
    with session(here) as cursor:
        cursor.execute('SELECT internal_events.begin_service_ping(true)')
    here.psql("UPDATE internal_events.service_pings SET recorded_at = now() - interval '2 hours' WHERE status = 'building'")
    assert 'begun 2 hours ago' in findings(here)['ping_unfinished'][1]
    build(here, force=True)
    yaml = metric_yaml('counts.broken').replace('"internal_events"', '"database"').replace(
        '"events": []', '"instrumentation": {"kind": "generic", "sql": "SELECT 1 / (SELECT count(*) FROM pg_class WHERE false)"}')
    here.psql(f'SELECT internal_events.load_metric_definition($yaml${yaml}$yaml$)')
    build(here, force=True)
    remedy = expect(here, 'ping_metrics_failed', ': 1')
    assert 'counts.broken|error|division by zero' in here.psql(remedy)


def test_service_ping_delivery(here, receiver):
    """A ping that nobody sends, and one that the receiver does not take."""
    deliver_to(here, receiver.url)
    build(here)
    expect_well(here)
    here.psql("UPDATE internal_events.service_pings SET next_attempt_at = now() - interval '5 hours'")
    mend(here, 'delivery_late', 'nobody has tried for 5 hours')
    receiver.tell(answer(500))
    build(here, force=True)
    send(here)
    receiver.tell(answer(201))
    mend(here, 'delivery_failed', 'answered with status 500')


def test_abandoned_on_its_way(here, receiver):
    """A ping whose sender is gone before it noted the answer, and that nobody sends again."""
    deliver_to(here, receiver.url)
    build(here)
    with session(here) as cursor:
        cursor.execute('SELECT internal_events.claim_service_ping()')
        expect_well(here)
    assert wait_until(lambda: findings(here), SECONDS)
    mend(here, 'delivery_failed', 'was on its way when its session ended')


def test_forwarder_that_does_not_get_on(here, collector):
    """A session that has begun to forward and sends nothing is named, and its remedy ends it."""
    forward_to(here, collector)
    here.psql("SELECT track_event('opened')")
    assert rollup(here) == 1
    here.psql("UPDATE internal_events.events SET tracked_at = tracked_at - interval '2 hours'")
    with session(here) as cursor:
        cursor.execute('SELECT internal_events.begin_forwarding(NULL, false)')
        remedy = expect(here, 'forwarding_late', f'Process {cursor.connection.info.backend_pid} forwards events', 'for 2 hours')
        here.psql(remedy.split(';')[0])
    assert wait_until(lambda: 'Nobody' in findings(here)['forwarding_late'][1], SECONDS)
    here.psql(findings(here)['forwarding_late'][2].splitlines()[0])
    expect_well(here)


def test_forwarding(here, collector):
    """Forwarding that nobody calls, that is refused for good or for now, and events that are not taken."""
    forward_to(here, collector)
    here.psql("SELECT track_event('opened')")
    assert rollup(here) == 1
    expect_well(here)
    here.psql("UPDATE internal_events.events SET tracked_at = tracked_at - interval '2 hours'")
    here.psql(expect(here, 'forwarding_late', 'Nobody forwards events', 'events wait: 1', 'for 2 hours').split('\n', maxsplit=1)[0])
    expect_well(here)
    assert '1 delivered' in run('status', database=here).stdout
    for code, finding in REFUSALS.items():
        collector.faults({'fault': 'status', 'status': code})
        here.psql("SELECT track_event('opened'); SELECT internal_events.rollup()")
        lose_patience(here)
        forward(here)
        here.psql("UPDATE internal_events.forwarding SET last_delivery_at = now() - interval '2 hours'")
        remedy = expect(here, finding, f'status {code}', 'events wait: 1')
        collector.clear_faults()
        here.psql(remedy)
        expect_well(here)


def test_forwarding_failures(here, collector):
    """Events that can never be sent as they are, and settings with which none can."""
    forward_to(here, collector)
    here.psql("INSERT INTO internal_events.forwarding_failures (event_id, event_definition_id, reason) "
              "VALUES (gen_random_uuid(), 1, 'too long')")
    expect(here, 'forwarding_failures', ': 1', 'too long')
    here.psql('SELECT internal_events.discard_forwarding_failures()')
    configure(here, snowplow_app_id='a' * 300)
    assert 'the settings of Snowplow make every event wrong' in findings(here)['forwarding_misconfigured'][1]
