"""The journal of the stand-in collector: what it answered for is there after it was killed."""

import threading

from cluster import wait_until
from collector import Collector
from support import in_thread
from tracker_protocol import attempt, envelope, event, take


def test_journal():
    """A stand-in that is killed knows afterwards, on the same port, whatever it answered for."""
    with Collector() as collector:
        url = collector.url
        answered = []
        stop = threading.Event()

        def keep_sending():
            """Sends batches until told to stop, and notes the events that were answered for."""
            while not stop.is_set():
                events = [event(), event(p='bad'), event(se_ca=None)]
                if attempt(collector, envelope(events)) is None:
                    answered.extend(sent['eid'] for sent in events[::2])

        thread, _ = in_thread(keep_sending)
        for kill in range(1, 4):
            assert wait_until(lambda kill=kill: len(answered) > 40 * kill, 30)
            collector.kill()
            collector.start()
        stop.set()
        thread.join(30)
        assert collector.url == url
        kept = [found['eid'] for found in collector.events()]
        assert set(answered) <= set(kept) and len(kept) - len(answered) in range(0, 7, 2)
        summary = collector.summary()
        assert summary['bad'] * 2 == summary['good'] == len(kept) == len(collector.strictness()) * 2
        numbers = [row['connection'] for row in collector.requests()]
        assert numbers == sorted(numbers)
        collector.reset()
        collector.kill()
        collector.start()
        assert collector.summary()['total'] == 0


def test_unfinished_line_of_journal():
    """What the stand-in was about to write when it was killed is no event, and harms no later one."""
    with Collector() as collector:
        take(collector, envelope([event()]))
        collector.kill()
        journal = next(collector._folder.glob('journal'))  # pylint: disable=protected-access
        with open(journal, 'ab') as file:
            file.write(b'{"request": {"meth')
        for total in (1, 2):
            collector.start()
            assert collector.summary() == {'total': total, 'good': total, 'bad': 0}
            take(collector, envelope([event()]))
            collector.kill()
