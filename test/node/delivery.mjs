// A tracker that tells when its events have arrived, which the official one does not.

import { newTracker } from '@snowplow/node-tracker';

// Makes a tracker for a collector; `delivered(count)` resolves as soon as so many events have been answered with 2xx.
export function trackerOf(url, { encodeBase64 = true, ...emitter } = {}) {
  let arrived = 0;
  const waiting = [];
  const tracker = newTracker({ namespace: 'gl', appId: 'gitlab', encodeBase64 }, {
    endpoint: url,
    bufferSize: 10,
    ...emitter,
    onRequestSuccess: (events) => {
      arrived += events.length;
      while (waiting.length > 0 && waiting[0].count <= arrived) waiting.shift().resolve();
    },
    onRequestFailure: (failure) => {
      console.error(`${failure.status ?? ''} ${failure.message}`);
      process.exit(1);
    },
  });
  const delivered = (count) =>
    count <= arrived ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve }));
  return { tracker, delivered };
}
