// Twilio's SDK for JavaScript on the pack twilio; run.mjs says how to read it.
import http from 'node:http';
import { createRequire } from 'node:module';
import twilio from 'twilio';
import { statuses, sweeps, ways } from './twilio_ways.mjs';

const RestException = createRequire(import.meta.url)(
  'twilio/lib/base/RestException').default;
const account = `AC${'0'.repeat(31)}1`;
const token = '12345';
const [to, from] = ['+15551230000', '+15005550006'];
const hi = { to, from, body: 'hi' };
const zero = (letters) => letters + '0'.repeat(32);

// A client that waits, and tries again, otherwise.
const other = (options) => twilio(account, token, options);

// Numbers of Twilio's test credentials, and the error that each stands for.
const refused = [
  [{ to: '+15005550001' }, 21211], [{ to: '+15005550002' }, 21612],
  [{ to: '+15005550003' }, 21408], [{ to: '+15005550004' }, 21610],
  [{ to: '+15005550005' }, 21608], [{ to: '+15005550009' }, 21614], [{ from: '+15005550001' }, 21212],
  [{ from: '+15005550007' }, 21606], [{ from: '+15005550008' }, 21611],
  // Without To the SDK itself refuses.
  [{ from: undefined }, 21603],
  [{ body: undefined }, 21602], [{ body: 'x'.repeat(1601) }, 21617],
  [{ to: `whatsapp:${to}` }, 63007], [{ mediaUrl: ['a'] }, 21620],
  [{ mediaUrl: Array(11).fill('http://a/b') }, 21623],
  [{ messagingServiceSid: 'MG1' }, 21705], [{ contentSid: 'HX1' }, 21655],
  [{ contentVariables: '{' }, 21656], [{ scheduleType: 'fixed' }, 35118],
];

// A server of the program's own for status callbacks; each is looked at as
// Twilio's documentation says.
async function listen() {
  const came = [];
  let wake = () => {};
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      const url = `http://localhost:${server.address().port}${request.url}`;
      came.push({ ...form, isValid: twilio.validateRequest(token,
        request.headers['x-twilio-signature'], url, form) });
      response.writeHead(204).end();
      wake();
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://localhost:${server.address().port}/status?a=1`, came,
    async waitFor(count) {
      while (came.length < count)
        await new Promise((resolve) => { wake = resolve; });
      server.close();
      return came;
    } };
}

export default {
  pack: 'twilio',
  sdk: 'twilio',
  open: () => twilio(account, token),
  ways, sweeps,
  checks: [
    { route: 'messages.list', by: 'unknown URL', does: 'of what is not there',
      call: (c) => c.calls.list(),
      throws: [RestException, { status: 404, code: 20404 }] },
    { route: 'accounts.fetch', by: 'wrong method', does: 'with another method',
      call: (c) => c.request({ method: 'delete', uri: `https://api.twilio.com/2010-04-01/Accounts/${account}.json` }),
      check: (r, t) => t.has(r, { statusCode: 405, body: { code: 20004 } }) },
    { route: 'accounts.fetch', does: 'one',
      call: (c) => c.api.accounts(account).fetch(),
      check: (a, t) => t.has(a, { sid: account, status: 'active' }) },
    { route: 'messages.create', does: 'queued',
      call: (c) => c.messages.create(hi),
      check: (m, t) => {
        t.has(m, { sid: /^SM[0-9a-f]{32}$/, status: 'queued', to, from,
          body: 'hi', direction: 'outbound-api', accountSid: account });
        t.ok(m.dateCreated instanceof Date);
      } },
    { route: 'messages.create', does: 'delivered, with signed call backs',
      by: ['messages.create', 'messages.fetch'],
      call: async (c, t) => {
        const listener = await listen();
        const m = await c.messages.create({ ...hi, statusCallback: listener.url });
        await t.session.advance('10s');
        const came = await listener.waitFor(2);
        t.ok(came.every((form) => form.isValid && form.MessageSid === m.sid));
        t.equal(came.map((form) => form.MessageStatus).sort(),
          ['delivered', 'sent']);
        await t.session.advance('10s');
        return c.messages(m.sid).fetch();
      },
      check: (m, t) => t.has(m, { status: 'delivered', errorCode: null }) },
    { route: 'messages.create', does: 'refused',
      call: async (c, t) => {
        for (const [what, code] of refused)
          await t.fails(() => c.messages.create({ ...hi, ...what }),
            RestException, { status: 400, code });
      } },
    { route: 'messages.fetch', does: 'unknown',
      call: (c) => c.messages(`SM${'0'.repeat(32)}`).fetch(),
      throws: [RestException, { status: 404, code: 20404 }] },
    { route: 'messages.list', does: 'all, by pages',
      by: ['messages.create', 'messages.list'],
      call: async (c) => {
        for (let i = 0; i < 5; i++) await c.messages.create(hi);
        return c.messages.list({ pageSize: 2 });
      },
      check: (all, t) => t.equal(all.length, 5) },
    { route: 'messages.update', does: 'redact', by: ['messages.update'],
      call: async (c, t) => {
        const m = await c.messages.create(hi);
        await t.session.advance('10s');
        return c.messages(m.sid).update({ body: '' });
      },
      check: (m, t) => t.equal(m.body, '') },
    { route: 'messages.remove', does: 'remove', by: ['messages.remove'],
      call: async (c, t) => {
        const m = await c.messages.create(hi);
        await t.session.advance('10s');
        t.ok(await c.messages(m.sid).remove());
        await t.fails(() => c.messages(m.sid).fetch(), RestException,
          { status: 404 });
      } },
    { route: 'messages.create', does: 'by a service: accepted, queued, read',
      by: ['services.create', 'messages.create', 'messages.fetch'],
      call: async (c, t) => {
        const listener = await listen();
        const service = await c.messaging.v1.services.create(
          { friendlyName: 'Shop', statusCallback: listener.url });
        const m = await c.messages.create({ to: `whatsapp:${to}`, body: 'hi',
          messagingServiceSid: service.sid });
        t.has(m, { status: 'accepted', from: null, numSegments: '0' });
        await t.session.advance('1m');
        const came = await listener.waitFor(4);
        t.ok(came.every((form) => form.isValid && form.ChannelPrefix === 'whatsapp'));
        t.equal(came.map((form) => form.MessageStatus).sort(),
          ['delivered', 'queued', 'read', 'sent']);
        return c.messages(m.sid).fetch();
      },
      check: (m, t) => t.has(m, { status: 'read', numSegments: '1' }) },
    { route: 'messages.create', does: 'failed, by number',
      call: async (c, t) => {
        const listener = await listen();
        const m = await c.messages.create({ ...hi, to: '+15550030001',
          statusCallback: listener.url });
        await t.session.advance('1m');
        const [form] = await listener.waitFor(1);
        t.has(form, { isValid: true, MessageStatus: 'failed', ErrorCode: '30001' });
        return c.messages(m.sid).fetch();
      },
      check: (m, t) => t.has(m, { status: 'failed', errorCode: 30001 }) },
    { route: 'messages.update', does: 'cancel what is scheduled',
      call: async (c, t) => {
        const m = await c.messages.create({ to, body: 'later', scheduleType: 'fixed',
          messagingServiceSid: zero('MG'), sendAt: new Date(Date.now() + 3600e3) });
        t.equal(m.status, 'scheduled');
        return c.messages(m.sid).update({ status: 'canceled' });
      },
      check: (m, t) => t.equal(m.status, 'canceled') },
    { route: 'messages.update', does: 'not what is on its way',
      call: async (c) => {
        const m = await c.messages.create(hi);
        return c.messages(m.sid).update({ status: 'canceled' });
      },
      throws: [RestException, { status: 400, code: 30409 }] },
    { route: 'messages.list', does: 'by numbers and dates',
      call: async (c, t) => {
        await c.messages.create(hi);
        await c.messages.create({ ...hi, to: '+15551230001' });
        const day = 86400e3, now = Date.now();
        const count = async (filter) => (await c.messages.list(filter)).length;
        t.equal(await count({ to }), 1);
        t.equal(await count({ from }), 2);
        t.equal(await count({ dateSentAfter: new Date(now - day) }), 2);
        t.equal(await count({ dateSentAfter: new Date(now + day) }), 0);
        t.equal(await count({ dateSentBefore: new Date(now - day) }), 0);
      } },
    { route: 'feedback.create', does: 'one',
      call: async (c) => {
        const m = await c.messages.create(hi);
        return c.messages(m.sid).feedback.create({ outcome: 'unconfirmed' });
      },
      check: (f, t) => t.has(f, { outcome: 'unconfirmed', accountSid: account }) },
    { route: 'media.list', does: 'list, fetch, remove',
      by: ['media.list', 'media.fetch', 'media.remove'],
      call: async (c, t) => {
        const m = await c.messages.create(
          { ...hi, mediaUrl: ['https://a/b.png', 'https://a/c.pdf'] });
        t.has(m, { sid: /^MM/, numMedia: '2' });
        const media = await c.messages(m.sid).media.list();
        t.equal(media.map((one) => one.contentType),
          ['image/png', 'application/pdf']);
        const one = await c.messages(m.sid).media(media[0].sid).fetch();
        t.has(one, { parentSid: m.sid, uri: /\.json$/ });
        t.ok(await c.messages(m.sid).media(one.sid).remove());
        return c.messages(m.sid).media.list();
      },
      check: (media, t) => t.equal(media.length, 1) },
    { route: 'media.content', does: 'bytes of a picture',
      by: ['media.content', 'media.bytes'],
      call: async (c, t) => {
        const m = await c.messages.create({ ...hi, mediaUrl: ['https://a/b.png'] });
        const [media] = await c.messages(m.sid).media.list();
        const basic = Buffer.from(`${account}:${token}`).toString('base64');
        const answer = await fetch(`https://api.twilio.com/2010-04-01/Accounts/${
          account}/Messages/${m.sid}/Media/${media.sid}`,
        { headers: { authorization: `Basic ${basic}` } });
        t.equal(answer.headers.get('content-type'), 'image/png');
        return Buffer.from(await answer.arrayBuffer());
      },
      check: (bytes, t) => t.equal(bytes.subarray(1, 4).toString(), 'PNG') },
    { route: 'accounts.create', does: 'create, change, list',
      by: ['accounts.create', 'accounts.update', 'accounts.fetch', 'accounts.list'],
      call: async (c, t) => {
        const one = await c.api.accounts.create({ friendlyName: 'Sub' });
        t.has(one, { sid: /^AC/, friendlyName: 'Sub', ownerAccountSid: account });
        await c.api.accounts(one.sid).update({ status: 'suspended' });
        t.equal((await c.api.accounts(one.sid).fetch()).status, 'suspended');
        return c.api.accounts.list();
      },
      check: (all, t) => t.equal(all.map((one) => one.status),
        ['suspended', 'active']) },
    { route: 'balance.fetch', does: 'one', call: (c) => c.balance.fetch(),
      check: (b, t) => t.has(b, { balance: '100.00', currency: 'USD' }) },
    { route: 'incomingPhoneNumbers.create', does: 'buy, change, list, release',
      by: ['create', 'update', 'list', 'fetch', 'remove'].map(
        (name) => `incomingPhoneNumbers.${name}`),
      call: async (c, t) => {
        const numbers = c.incomingPhoneNumbers;
        const one = await numbers.create({ phoneNumber: from, smsUrl: 'http://a/' });
        t.has(one, { phoneNumber: from, smsUrl: 'http://a/',
          capabilities: { sms: true } });
        await numbers(one.sid).update({ friendlyName: 'Shop' });
        t.equal((await numbers(one.sid).fetch()).friendlyName, 'Shop');
        t.equal((await numbers.list({ phoneNumber: from })).length, 1);
        t.ok(await numbers(one.sid).remove());
        await t.fails(() => numbers.create({ phoneNumber: '+15005550000' }),
          RestException, { code: 21422 });
      } },
    { route: 'services.create', does: 'create, change, list, remove',
      by: ['create', 'update', 'list', 'fetch', 'remove'].map(
        (name) => `services.${name}`),
      call: async (c, t) => {
        const { services } = c.messaging.v1;
        const one = await services.create({ friendlyName: 'Shop' });
        t.has(one, { sid: /^MG/, accountSid: account, validityPeriod: 14400 });
        await services(one.sid).update({ stickySender: false });
        t.equal((await services(one.sid).fetch()).stickySender, false);
        for (let i = 0; i < 3; i++) await services.create({ friendlyName: `${i}` });
        t.equal((await services.list({ pageSize: 2 })).length, 4);
        t.ok(await services(one.sid).remove());
      } },
    { route: 'services.phoneNumbers.create', does: 'add, list, take out',
      by: ['create', 'list', 'fetch', 'remove'].map(
        (name) => `services.phoneNumbers.${name}`),
      call: async (c, t) => {
        const { services } = c.messaging.v1;
        const numbers = services((await services.create(
          { friendlyName: 'Shop' })).sid).phoneNumbers;
        const one = await numbers.create({ phoneNumberSid: zero('PN') });
        t.equal((await numbers(one.sid).fetch()).countryCode, 'US');
        t.equal((await numbers.list()).length, 1);
        await t.fails(() => numbers.create({ phoneNumberSid: zero('PN') }),
          RestException, { status: 409, code: 21710 });
        t.ok(await numbers(one.sid).remove());
      } },
    { route: 'senders.create', does: 'WhatsApp: create, change, list, remove',
      by: ['create', 'update', 'list', 'fetch', 'remove'].map(
        (name) => `senders.${name}`),
      call: async (c, t) => {
        const senders = c.messaging.v2.channelsSenders;
        const one = await senders.create(
          { sender_id: `whatsapp:${from}`, profile: { name: 'Shop' } });
        t.has(one, { sid: /^XE/, status: 'CREATING' });
        await t.session.advance('2s');
        await senders(one.sid).update({ webhook: { callback_url: 'http://a/' } });
        t.has(await senders(one.sid).fetch(), { status: 'ONLINE',
          webhook: { callbackUrl: 'http://a/' }, profile: { name: 'Shop' } });
        t.equal((await senders.list({ channel: 'whatsapp' })).length, 1);
        t.ok(await senders(one.sid).remove());
      } },
    { route: 'contents.create', does: 'templates: create, approve, send, remove',
      by: ['create', 'list', 'fetch', 'approvalCreate', 'approvalFetch', 'remove']
        .map((name) => `contents.${name}`),
      call: async (c, t) => {
        const { contents } = c.content.v1;
        const one = await contents.create({ friendly_name: 't', language: 'en',
          variables: { 1: 'you' },
          types: { 'twilio/text': { body: 'Hi {{1}}, {{2}}' } } });
        t.has(await contents(one.sid).fetch(), { sid: /^HX/, language: 'en' });
        await contents(one.sid).approvalCreate.create(
          { name: 't', category: 'UTILITY' });
        await t.session.advance('2s');
        t.has(await contents(one.sid).approvalFetch().fetch(),
          { whatsapp: { status: 'approved', category: 'UTILITY' } });
        t.equal((await contents.list()).length, 1);
        const m = await c.messages.create({ to: `whatsapp:${to}`,
          from: `whatsapp:${from}`, contentSid: one.sid,
          contentVariables: '{"2": "friend"}' });
        t.equal(m.body, 'Hi you, friend');
        t.ok(await contents(one.sid).remove());
      } },
    { route: 'phoneNumbers.fetch', does: 'looked up',
      call: (c) => c.lookups.v2.phoneNumbers('+14155552671').fetch(),
      check: (n, t) => t.has(n, { valid: true, countryCode: 'US',
        nationalFormat: '(415) 555-2671' }) },

    { route: 'messages.create', scenario: 'api_errors', by: 'error', calls: 10,
      does: 'each its status',
      call: async (c, t) => {
        for (const status of statuses)
          await t.fails(() => c.messages.create(hi), RestException, { status });
      } },
    { route: 'messages.create', scenario: 'rate_limited', calls: 5,
      by: ['rate_limited', 'messages.create'],
      does: 'three at once, then 429, then again',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await c.messages.create(hi);
        await t.fails(() => c.messages.create(hi), RestException,
          { status: 429, code: 20429 });
        await t.session.advance('1s');
        return c.messages.create(hi);
      } },
    { route: 'messages.create', scenario: 'flaky', by: ['flaky', 'messages.create'],
      does: 'tries again if it is told to', calls: 3,
      call: () => other({ autoRetry: true, maxRetryDelay: 10 }).messages.create(hi),
      check: (m, t) => t.equal(m.status, 'queued') },
    { route: 'messages.create', scenario: 'timeouts',
      by: ['timeouts', 'messages.create'], does: 'twice no answer',
      call: async (c, t) => {
        const short = other({ timeout: 500 });
        await t.timeOut(t.session, 'timeouts', 2, () => short.messages.create(hi), Error);
        return c.messages.create(hi);
      } },
    { route: 'messages.create', scenario: 'slow', by: ['slow', 'messages.create'],
      does: 'waits as long as it takes',
      call: async (c, t) => {
        await t.session.resume();
        return c.messages.create(hi);
      } },
    { route: 'messages.create', scenario: 'malformed', by: 'malformed', calls: 3,
      does: 'each an error',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await t.fails(() => c.messages.create(hi), Error);
      } },
    { route: 'messages.create', scenario: 'successful_messaging',
      by: ['successful', 'messages.create'], does: 'is as without one',
      call: (c) => c.messages.create(hi),
      check: (m, t) => t.equal(m.status, 'queued') },
    { route: 'accounts.fetch', by: 'unauthenticated', does: 'no key',
      // The SDK itself does not ask without one.
      call: async () => (await fetch(
        `https://api.twilio.com/2010-04-01/Accounts/${account}.json`)).json(),
      check: (r, t) => t.has(r, { code: 20003, status: 401 }) },
    { route: 'messages.create', does: 'WhatsApp, read', by: ['messages.create', 'messages.fetch'],
      call: async (c, t) => {
        const m = await c.messages.create({ to: 'whatsapp:+15551234567',
          from: 'whatsapp:+14155238886', body: 'hi' });
        await t.session.advance('10s');
        return c.messages(m.sid).fetch();
      },
      check: (m, t) => t.equal(m.status, 'read') },
    { route: 'messages.create', does: 'undelivered, by the number',
      by: ['messages.create', 'messages.fetch'],
      call: async (c, t) => {
        const m = await c.messages.create({ ...hi, to: '+15550030003' });
        await t.session.advance('10s');
        return c.messages(m.sid).fetch();
      },
      check: (m, t) => t.has(m, { status: 'undelivered', errorCode: 30003 }) },

    { route: 'messages.list', scenario: 'api_errors', by: 'error', calls: 10,
      does: 'each its status',
      call: async (c, t) => {
        for (const status of statuses)
          await t.fails(() => c.messages.list(), RestException, { status });
      } },
    { route: 'messages.fetch', scenario: 'malformed', by: 'malformed', does: 'each an error',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++)
          await t.fails(() => c.messages(`SM${'0'.repeat(32)}`).fetch(), Error);
      } },
    { route: 'messages.create', scenario: 'message_failures', does: 'each its error',
      by: ['messages.create', 'messages.fetch'],
      call: async (c, t) => {
        const codes = [];
        for (let i = 0; i < 5; i++) {
          const m = await c.messages.create(hi);
          await t.session.advance('10s');
          codes.push((await c.messages(m.sid).fetch()).errorCode);
        }
        t.equal(codes, [30003, 30005, 30006, 30007, 30008]);
      } },
    ...['successful_messaging', 'successful_conversation'].map((scenario) => ({
      route: 'messages.create', scenario, does: 'sent and delivered',
      by: ['messages.create', 'messages.fetch'],
      call: async (c, t) => {
        const m = await c.messages.create(hi);
        await t.session.advance('10s');
        return c.messages(m.sid).fetch();
      },
      check: (m, t) => t.equal(m.status, 'delivered') })),
    { route: 'messages.list', scenario: 'outage', by: 'outage', calls: 1,
      does: 'no retries unless asked for',
      call: (c) => c.messages.list(),
      throws: [RestException, { status: 503 }] },
  ],
};
