// Measures how fast Snowplow's own tracker delivers structured events with GitLab's two contexts.
// Usage: node bench.mjs URL COUNT [IN_FLIGHT]

import { buildStructEvent } from '@snowplow/node-tracker';
import { trackerOf } from './delivery.mjs';

const [url, wanted, inFlight] = process.argv.slice(2);
const count = Number(wanted);
// The tracker's queue holds 1,000 events and then drops the oldest; it is the faster the more of it is used.
const WINDOW = Number(inFlight ?? 900);
const { tracker, delivered } = trackerOf(url);

// Tracks one event, as GitLab's server would.
function track(number) {
  const event = { category: 'InternalEventTracking', action: 'opened', label: 'label', value: number };
  tracker.track(buildStructEvent(event), [
    {
      schema: 'iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8',
      data: {
        environment: 'self-managed', source: 'gitlab-rails', realm: 'self-managed', host_name: 'gitlab.example.com',
        instance_version: '18.6.0', user_id: 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=', project_id: number,
        namespace_id: number, extra: { key: 'value' },
      },
    },
    {
      schema: 'iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1',
      data: { data_source: 'redis_hll', event_name: 'opened' },
    },
  ]);
}

const started = performance.now();
for (let number = 1; number <= count; number += 1) {
  track(number);
  if (number > WINDOW) await delivered(number - WINDOW);
}
await tracker.flush();
await delivered(count);
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ events: count, seconds, events_per_second: Math.round(count / seconds) }));
