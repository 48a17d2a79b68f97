// Twilio's SDK for JavaScript on the pack twilio; run.mjs says how to read it.
import http from 'node:http';
import { createRequire } from 'node:module';
import twilio from 'twilio';

const RestException = createRequire(import.meta.url)(
  'twilio/lib/base/RestException').default;
const account = `AC${'0'.repeat(31)}1`;
const token = '12345';
const [to, from] = ['+15551230000', '+15005550006'];
const hi = { to, from, body: 'hi' };

// Numbers of Twilio's test credentials, and the error that each stands for.
const refused = [
  [{ to: '+15005550001' }, 21211], [{ to: '+15005550002' }, 21612],
  [{ to: '+15005550003' }, 21408], [{ to: '+15005550004' }, 21610],
  [{ to: '+15005550009' }, 21614], [{ from: '+15005550001' }, 21212],
  [{ from: '+15005550007' }, 21606], [{ from: '+15005550008' }, 21611],
  // Without To the SDK itself refuses.
  [{ from: undefined }, 21603],
  [{ body: undefined }, 21602], [{ body: 'x'.repeat(1601) }, 21617],
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
  checks: [
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
    { route: 'messages.list', scenario: 'outage', by: 'outage', calls: 1,
      does: 'no retries unless asked for',
      call: (c) => c.messages.list(),
      throws: [RestException, { status: 503 }] },
  ],
};
