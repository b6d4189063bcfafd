// Sends events of every shape by Snowplow's own tracker, and prints them as they were handed to its queue.
// Usage: node track.mjs URL post|get base64|plain

import {
  buildEcommerceTransaction, buildEcommerceTransactionItem, buildFormFocusOrChange, buildFormSubmission, buildLinkClick,
  buildPagePing, buildPageView, buildSelfDescribingEvent, buildStructEvent,
} from '@snowplow/node-tracker';
import { trackerOf } from './delivery.mjs';

const [url, eventMethod, encoding] = process.argv.slice(2);
const { tracker, delivered } = trackerOf(url, { eventMethod, encodeBase64: encoding === 'base64' });

const standard = {
  schema: 'iglu:com.gitlab/gitlab_standard/jsonschema/1-1-8',
  data: { environment: 'self-managed', user_id: 'ä>?~', project_id: 7, extra: { key: [1, null] } },
};
const ping = {
  schema: 'iglu:com.gitlab/gitlab_service_ping/jsonschema/1-0-1',
  data: { data_source: 'redis_hll', event_name: 'opened' },
};
const session = '11111111-2222-4333-8444-555555555555';
const page = { pageUrl: 'https://gitlab.example.com/a?b=c#d', pageTitle: 'Ä page', referrer: 'https://example.com/' };
const field = { formId: 'f', elementId: 'e', nodeName: 'INPUT', elementClasses: ['c'], value: 'v', type: 'text' };
const elements = [{ name: 'n', value: 'v', nodeName: 'INPUT', type: 'text' }];
const custom = { name: 'clicked', props: { deep: { er: true } } };
const link = { targetUrl: 'https://example.com/', elementId: 'l', elementClasses: ['c'], elementContent: 'text' };
const order = { orderId: 'o', total: 9.5, affiliation: 'a', tax: 1, shipping: 2, city: 'c', currency: 'EUR' };
const item = { orderId: 'o', sku: 's', name: 'n', category: 'c', price: 9.5, quantity: 1, currency: 'EUR' };

const anonymous = [
  [buildStructEvent({ category: 'InternalEventTracking', action: 'opened' })],
  [buildStructEvent({ category: 'c', action: 'a', label: 'ä'.repeat(300), property: '"\\\n', value: 1.5 }),
    [standard, ping]],
  [buildStructEvent({ category: 'c', action: 'zero', value: 0 }), [ping]],
  [buildStructEvent({ category: 'c', action: 'then' }), null, 1700000000000],
  [buildStructEvent({ category: 'c', action: 'truly then' }), null, { type: 'ttm', value: 1700000000000 }],
];
const identified = [
  [buildPageView(page), [standard]],
  [buildPagePing({ ...page, minXOffset: 0, maxXOffset: 10, minYOffset: 5, maxYOffset: 2000 })],
  [buildSelfDescribingEvent({
    event: { schema: 'iglu:com.gitlab/custom_event/jsonschema/1-0-0', data: custom },
  }), [standard]],
  [buildLinkClick(link)],
  [buildFormFocusOrChange({ schema: 'change_form', ...field })],
  [buildFormSubmission({ formId: 'f', formClasses: ['c'], elements })],
  [buildEcommerceTransaction(order)],
  [buildEcommerceTransactionItem(item)],
];

const sent = anonymous.map((event) => tracker.track(...event));
tracker.setUserId('user');
tracker.setDomainUserId('11111111-2222-4333-8444-666666666666');
tracker.setNetworkUserId('11111111-2222-4333-8444-777777777777');
tracker.setSessionId(session);
tracker.setSessionIndex(3);
tracker.setScreenResolution(1920, 1080);
tracker.setViewport(1000, 500);
tracker.setColorDepth(24);
tracker.setTimezone('Europe/Berlin');
tracker.setLang('de-DE');
tracker.setIpAddress('203.0.113.7');
tracker.setUseragent('Mozilla/5.0');
sent.push(...identified.map((event) => tracker.track(...event)));

await tracker.flush();
await delivered(sent.length);
console.log(JSON.stringify(sent));
