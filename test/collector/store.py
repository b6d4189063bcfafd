"""What the stand-in has taken: good events, bad rows, requests."""

import collections
import json


class Store:
    """Keeps the verdicts on requests, in memory and in a journal if there is one."""

    def __init__(self, journal=None):
        self._journal = journal
        self._forget()
        for line in journal.read() if journal else ():
            self._keep(line['request'], line['raw_event'], list(map(json.dumps, line['good'])), line)

    def _forget(self):
        """Begins with nothing."""
        self.good = []
        self.bad = []
        self.strictness = []
        self.requests = []
        self._times_seen = collections.Counter()

    def _keep(self, request, raw_event, texts, judged):
        """Keeps a verdict in memory; of good events the text alone, which is a fraction of its objects in size."""
        self.requests.append(request)
        self.good.extend((raw_event, text) for text in texts)
        self.bad.extend(judged['bad'])
        self.strictness.extend(judged['strictness'])
        self._times_seen.update(parameters['eid'].lower() for parameters in judged['good'])

    def take(self, request, raw_event, verdict):
        """Keeps the verdict on a request; what is in the journal by then survives the stand-in."""
        texts = list(map(json.dumps, verdict.good))
        if self._journal:
            rest = {'request': request, 'raw_event': raw_event, 'bad': verdict.bad, 'strictness': verdict.strictness}
            self._journal.append(f'{json.dumps(rest)[:-1]}, "good": [{", ".join(texts)}]}}')
        self._keep(request, raw_event, texts, verdict._asdict())

    def refuse(self, request):
        """Keeps a request of which nothing else was taken; it is not in the journal."""
        self.requests.append(request)

    def reset(self):
        """Forgets everything."""
        self._forget()
        if self._journal:
            self._journal.clear()

    def duplicates(self):
        """The ids of the good events that came more than once, and how often."""
        return {eid: count for eid, count in self._times_seen.items() if count > 1}

    def summary(self):
        """How many events were taken, as Micro says it."""
        return {'total': len(self.good) + len(self.bad), 'good': len(self.good), 'bad': len(self.bad)}
