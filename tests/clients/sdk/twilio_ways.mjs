// Of twilio.mjs: the least that calls each route, and what each scenario does to
// them all. Their ids are those of nothing: a failure comes before anybody looks.
import { createRequire } from 'node:module';
import twilio from 'twilio';

const RestException = createRequire(import.meta.url)(
  'twilio/lib/base/RestException').default;
const account = `AC${'0'.repeat(31)}1`;
const zero = (letters) => letters + '0'.repeat(32);
const hi = { to: '+15551230000', from: '+15005550006', body: 'hi' };
const service = (c) => c.messaging.v1.services(zero('MG'));
const sent = (c) => c.messages(zero('SM'));
const content = { friendly_name: 't', language: 'en', types: { 'twilio/text': { body: 'a' } } };

export const ways = {
  'balance.fetch': (c) => c.balance.fetch(),
  'accounts.create': (c) => c.api.accounts.create({}),
  'accounts.list': (c) => c.api.accounts.list(),
  'accounts.fetch': (c) => c.api.accounts(account).fetch(),
  'accounts.update': (c) => c.api.accounts(account).update({ friendlyName: 'a' }),
  'incomingPhoneNumbers.create': (c) => c.incomingPhoneNumbers.create({ phoneNumber: hi.from }),
  'incomingPhoneNumbers.list': (c) => c.incomingPhoneNumbers.list(),
  'incomingPhoneNumbers.fetch': (c) => c.incomingPhoneNumbers(zero('PN')).fetch(),
  'incomingPhoneNumbers.update': (c) => c.incomingPhoneNumbers(zero('PN')).update({}),
  'incomingPhoneNumbers.remove': (c) => c.incomingPhoneNumbers(zero('PN')).remove(),
  'messages.create': (c) => c.messages.create(hi),
  'messages.list': (c) => c.messages.list(),
  'feedback.create': (c) => sent(c).feedback.create({ outcome: 'confirmed' }),
  'messages.fetch': (c) => sent(c).fetch(),
  'messages.update': (c) => sent(c).update({ body: '' }),
  'messages.remove': (c) => sent(c).remove(),
  'media.list': (c) => sent(c).media.list(),
  'media.fetch': (c) => sent(c).media(zero('ME')).fetch(),
  'media.remove': (c) => sent(c).media(zero('ME')).remove(),
  'services.create': (c) => c.messaging.v1.services.create({ friendlyName: 'a' }),
  'services.list': (c) => c.messaging.v1.services.list(),
  'services.fetch': (c) => service(c).fetch(),
  'services.update': (c) => service(c).update({}),
  'services.remove': (c) => service(c).remove(),
  'services.phoneNumbers.create': (c) => service(c).phoneNumbers.create(
    { phoneNumberSid: zero('PN') }),
  'services.phoneNumbers.list': (c) => service(c).phoneNumbers.list(),
  'services.phoneNumbers.fetch': (c) => service(c).phoneNumbers(zero('PN')).fetch(),
  'services.phoneNumbers.remove': (c) => service(c).phoneNumbers(zero('PN')).remove(),
  'senders.create': (c) => c.messaging.v2.channelsSenders.create(
    { sender_id: `whatsapp:${hi.from}` }),
  'senders.list': (c) => c.messaging.v2.channelsSenders.list({ channel: 'whatsapp' }),
  'senders.fetch': (c) => c.messaging.v2.channelsSenders(zero('XE')).fetch(),
  'senders.update': (c) => c.messaging.v2.channelsSenders(zero('XE')).update({}),
  'senders.remove': (c) => c.messaging.v2.channelsSenders(zero('XE')).remove(),
  'contents.create': (c) => c.content.v1.contents.create(content),
  'contents.list': (c) => c.content.v1.contents.list(),
  'contents.approvalCreate': (c) => c.content.v1.contents(zero('HX')).approvalCreate.create(
    { name: 't', category: 'UTILITY' }),
  'contents.approvalFetch': (c) => c.content.v1.contents(zero('HX')).approvalFetch().fetch(),
  'contents.fetch': (c) => c.content.v1.contents(zero('HX')).fetch(),
  'contents.remove': (c) => c.content.v1.contents(zero('HX')).remove(),
  'phoneNumbers.fetch': (c) => c.lookups.v2.phoneNumbers(hi.from).fetch(),
};

export const statuses = [400, 401, 403, 404, 409, 422, 429, 500, 503, 529];
const retrying = () => twilio(account, '12345', { autoRetry: true, maxRetryDelay: 10 });
const thrown = (status) => ({ error }, t) => {
  t.ok(error instanceof RestException, String(error));
  t.has(error, { status });
};
// Where the SDK does not look at the body of a success.
const unread = Object.keys(ways).filter((route) => /\.remove$/.test(route));

export const sweeps = [
  { scenario: 'api_errors', by: 'error', does: 'one error after the other', calls: 1,
    ends: (end, t) => thrown(statuses[end.number % statuses.length])(end, t) },
  { scenario: 'flaky', by: ['flaky', '*'], does: 'two retries, if it is told to', calls: 3,
    anew: true, open: retrying,
    ends: ({ error }, t) => t.ok(!error || [400, 404].includes(error.status), String(error)) },
  { scenario: 'slow', by: ['slow', '*'], does: 'waits as long as it takes', calls: 1,
    first: (c, t) => t.session.hurry(),
    ends: ({ error }, t) => t.ok(!error || [400, 404].includes(error.status), String(error)) },
  { scenario: 'malformed', by: 'malformed', does: 'broken JSON', calls: 1, anew: true,
    without: unread, ends: ({ error }, t) => t.ok(error instanceof Error, String(error)) },
  { scenario: 'outage', by: 'outage', does: '503', calls: 1, ends: thrown(503) },
];
