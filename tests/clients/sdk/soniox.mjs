// Soniox's SDK for Node on the pack soniox; run.mjs says how to read it.
import { AuthError, BadRequestError, ConnectionError, NetworkError, QuotaError,
  SonioxHttpError, SonioxNodeClient } from '@soniox/node';
import WebSocket from 'ws';
import { statuses, sweeps, ways } from './soniox_ways.mjs';

// Node has a global WebSocket from 22 on; before it, a program brings ws.
globalThis.WebSocket ??= WebSocket;

const model = 'stt-async-v4';
const live = { model: 'stt-rt-v4', audio_format: 'pcm_s16le', sample_rate: 16000,
  num_channels: 1 };
const said = 'Hello from Offwire.';
const upload = (c, filename = 'a.wav') =>
  c.files.upload(Buffer.from('RIFF....'), { filename });
const transcribe = async (c, more = {}) =>
  c.stt.create({ model, file_id: (await upload(c, more.filename)).id });
const span = { start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-02T00:00:00Z' };
const silence = Buffer.alloc(16000 * 2); // a second of it

// A session from its opening to its end: what it said. Time goes on when all has
// been sent.
async function speak(c, t, more = {}, talk = (session) => session.sendAudio(silence)) {
  const session = c.realtime.stt({ ...live, ...more });
  const events = [];
  await session.connect();
  const reader = (async () => {
    for await (const event of session) events.push(event);
  })();
  const speaker = (async () => {
    await talk(session);
    await t.session.resume();
    await session.finish();
  })();
  // Both see an error; whoever is asked first gives it.
  const [heard, spoken] = await Promise.allSettled([reader, speaker]);
  session.close();
  if (heard.reason ?? spoken.reason) throw heard.reason ?? spoken.reason;
  return events;
}

const tokens = (events) => events.filter((e) => e.kind === 'result')
  .flatMap((e) => e.data.tokens).filter((token) => token.is_final);
const text = (events) => tokens(events).map((token) => token.text)
  .filter((word) => !/^</.test(word)).join('').trim();

export default {
  pack: 'soniox',
  sdk: '@soniox/node',
  open: () => new SonioxNodeClient({ api_key: 'key' }),
  ways, sweeps,
  checks: [
    { route: 'models.list', by: 'unknown URL', does: 'at an unknown URL',
      call: () => new SonioxNodeClient({ api_key: 'mock', base_url: 'https://api.soniox.com/v2' }).models.list(),
      throws: [SonioxHttpError, { statusCode: 404 }] },
    { route: 'models.list', does: 'list',
      call: (c) => c.models.list(),
      check: (models, t) => {
        t.ok(models.some((m) => m.id === model));
        for (const m of models)
          t.typed(m, { id: 'string', name: 'string', transcription_mode: 'string',
            languages: 'array' });
      } },
    { route: 'models.list', by: 'unauthenticated', does: 'invalid key',
      call: () => new SonioxNodeClient({ api_key: 'invalid' }).models.list(),
      throws: [SonioxHttpError, { statusCode: 401 }] },
    { route: 'concurrencyLimits.get', does: 'the limits',
      call: (c) => c.concurrencyLimits.get(),
      check: (limits, t) => t.equal(typeof limits, 'object') },
    { route: 'auth.createTemporaryKey', does: 'a key',
      call: (c) => c.auth.createTemporaryKey({ usage_type: 'transcribe_websocket',
        expires_in_seconds: 60 }),
      check: (r, t) => {
        t.match(r.api_key, /^temp:/);
        t.ok(!Number.isNaN(Date.parse(r.expires_at)));
      } },
    { route: 'auth.createTemporaryKey', does: 'refused',
      call: (c) => c.auth.createTemporaryKey({ usage_type: 'none', expires_in_seconds: 60 }),
      throws: [SonioxHttpError, { statusCode: 400 }] },

    { route: 'files.upload', does: 'upload',
      call: (c) => upload(c),
      check: (f, t) => {
        t.has(f, { filename: 'a.wav', size: 8 });
        t.typed(f, { id: 'string', created_at: 'string' });
      } },
    { route: 'files.list', does: 'by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await upload(c);
        return t.all(c.files.list({ limit: 2 }));
      },
      check: (files, t) => t.equal(files.length, 3) },
    { route: 'files.count', does: 'count',
      call: async (c) => {
        await upload(c);
        return c.files.count();
      },
      check: (count, t) => t.equal(count.total, 1) },
    { route: 'files.get', does: 'one, and none',
      call: async (c, t) => {
        const file = await upload(c);
        t.equal((await c.files.get(file.id)).id, file.id);
        return c.files.get('00000000-0000-4000-8000-000000000000');
      },
      check: (none, t) => t.equal(none, null) },
    { route: 'files.delete', does: 'delete',
      call: async (c) => {
        const file = await upload(c);
        await c.files.delete(file.id);
        return c.files.get(file.id);
      },
      check: (none, t) => t.equal(none, null) },

    { route: 'transcriptions.create', does: 'queued, processing, completed',
      by: ['transcriptions.create', 'transcriptions.get'],
      call: async (c, t) => {
        let one = await transcribe(c);
        t.has(one, { status: 'queued', model, filename: 'a.wav', error_type: null });
        await t.session.advance('1500ms');
        one = await one.refresh();
        t.equal(one.status, 'processing');
        await t.session.advance('2s');
        return one.refresh();
      },
      check: (one, t) => t.has(one, { status: 'completed', audio_duration_ms: (n) => n > 0 }) },
    { route: 'transcriptions.create', does: 'waits, and has the text',
      by: ['transcriptions.create', 'transcriptions.get', 'transcriptions.transcript'],
      call: async (c, t) => {
        const one = await transcribe(c);
        await t.session.advance('10s');
        const done = await c.stt.wait(one.id, { interval_ms: 1000 });
        return done.getTranscript();
      },
      check: (transcript, t) => {
        t.equal(transcript.text.trim(), said);
        t.typed(transcript.tokens[0], { text: 'string', start_ms: 'number',
          end_ms: 'number', confidence: 'number' });
      } },
    { route: 'transcriptions.create', does: 'audio that fails',
      by: ['transcriptions.create', 'transcriptions.get'],
      call: async (c, t) => {
        const one = await transcribe(c, { filename: 'fail.wav' });
        await t.session.advance('10s');
        return one.refresh();
      },
      check: (one, t) => t.has(one, { status: 'error', error_type: (e) => e !== null,
        error_message: (m) => m.length > 0 }) },
    { route: 'transcriptions.create', does: 'refused',
      call: (c) => c.stt.create({ model }),
      throws: [SonioxHttpError, { statusCode: 400 }] },
    { route: 'transcriptions.transcript', does: 'not before it is there',
      call: async (c, t) => {
        return (await transcribe(c)).getTranscript({ force: true });
      },
      throws: [SonioxHttpError, { statusCode: 409 }] },
    { route: 'transcriptions.list', does: 'all',
      call: async (c, t) => {
        for (let i = 0; i < 2; i++) await transcribe(c);
        return t.all(c.stt.list());
      },
      check: (all, t) => t.equal(all.length, 2) },
    { route: 'transcriptions.count', does: 'count',
      call: async (c) => {
        await transcribe(c);
        return c.stt.count();
      },
      check: (count, t) => t.equal(count.total, 1) },
    { route: 'transcriptions.get', does: 'none',
      call: (c) => c.stt.get('00000000-0000-4000-8000-000000000000'),
      check: (none, t) => t.equal(none, null) },
    { route: 'transcriptions.delete', does: 'delete',
      call: async (c, t) => {
        const one = await transcribe(c);
        await t.session.advance('10s');
        await c.stt.delete(one.id);
        return c.stt.get(one.id);
      },
      check: (none, t) => t.equal(none, null) },

    { route: 'realtime.transcribe', does: 'tokens, finished',
      call: (c, t) => speak(c, t),
      check: (events, t) => {
        t.equal(events.at(-1).kind, 'finished');
        t.equal(text(events), said);
        t.typed(tokens(events)[0], { text: 'string', confidence: 'number',
          start_ms: 'number', end_ms: 'number', is_final: 'boolean' });
      } },
    { route: 'realtime.transcribe', does: 'tokens while it is spoken',
      call: async (c, t) => {
        const session = c.realtime.stt(live);
        const counts = [];
        let wake = () => {};
        session.on('result', (result) => {
          if (result.tokens.length > 0) counts.push(result.tokens.length);
          wake();
        });
        await session.connect();
        await t.session.resume();
        // Nothing more is sent until something has been heard of this.
        for (let i = 1; i <= 3; i++) {
          while (counts.length < i) {
            session.sendAudio(silence);
            await new Promise((resolve) => { wake = resolve; });
          }
        }
        session.close();
        return counts;
      },
      check: (counts, t) => t.ok(counts.length >= 3) },
    { route: 'realtime.transcribe', does: 'finalize',
      call: (c, t) => speak(c, t, {}, (session) => {
        session.sendAudio(silence);
        session.finalize();
      }),
      check: (events, t) => t.ok(events.some((e) => e.kind === 'finalized')) },
    { route: 'realtime.transcribe', does: 'endpoint, keepalive',
      call: (c, t) => speak(c, t, { enable_endpoint_detection: true }, (session) => {
        session.keepAlive();
        for (let i = 0; i < 4; i++) session.sendAudio(silence);
      }),
      check: (events, t) => t.ok(events.some((e) => e.kind === 'endpoint')) },
    { route: 'realtime.transcribe', does: 'translation, speakers, languages',
      call: (c, t) => speak(c, t, { enable_speaker_diarization: true,
        enable_language_identification: true,
        translation: { type: 'one_way', target_language: 'es' } }, (session) => {
        for (let i = 0; i < 4; i++) session.sendAudio(silence);
      }),
      check: (events, t) => {
        const all = tokens(events);
        t.ok(all.some((token) => token.translation_status === 'original'));
        t.ok(all.some((token) => token.translation_status === 'translation' &&
          token.language === 'es'));
        t.ok(all.some((token) => token.speaker));
      } },
    { route: 'realtime.transcribe', does: 'temporary key',
      by: ['auth.createTemporaryKey', 'realtime.transcribe'],
      call: async (c, t) => {
        const { api_key } = await c.auth.createTemporaryKey({
          usage_type: 'transcribe_websocket', expires_in_seconds: 3600 });
        return speak(new SonioxNodeClient({ api_key }), t);
      },
      check: (events, t) => t.equal(events.at(-1).kind, 'finished') },
    ...[['invalid', AuthError], ['exhausted', QuotaError], ['limited', QuotaError]]
      .map(([api_key, type]) => ({ route: 'realtime.transcribe', does: `${api_key} key`,
        call: (c, t) => speak(new SonioxNodeClient({ api_key }), t), throws: [type] })),
    { route: 'realtime.transcribe', does: 'refused',
      call: (c, t) => speak(c, t, { model: 'none' }),
      throws: [BadRequestError] },

    { route: 'usageLogs.list', does: 'list',
      call: (c, t) => t.all(c.usageLogs.list(span)),
      check: (logs, t) => t.ok(Array.isArray(logs)) },
    { route: 'usageLogs.getSummary', does: 'summary',
      call: (c) => c.usageLogs.getSummary(span),
      check: (r, t) => t.equal(typeof r, 'object') },
    { route: 'concurrencyLimits.getHistory', does: 'history',
      call: (c) => c.concurrencyLimits.getHistory({ ...span, period_sec: 60,
        kind: 'stt' }),
      check: (r, t) => t.equal(typeof r, 'object') },
    { route: 'models.list', scenario: 'timeouts', by: ['timeouts', 'models.list'],
      does: 'two timeouts',
      call: async (c, t) => {
        await t.timeOut(t.session, 'timeouts', 2,
          () => c.models.list(AbortSignal.timeout(500)), Error);
        return c.models.list();
      } },
    { route: 'realtime.transcribe', scenario: 'outage', by: 'realtime: outage', does: '503',
      call: (c, t) => speak(c, t),
      throws: [NetworkError] },
    { route: 'realtime.transcribe', scenario: 'flaky', by: 'realtime: flaky',
      does: 'refused twice, then it works',
      call: async (c, t) => {
        for (let i = 0; i < 2; i++) await t.fails(() => speak(c, t), Error);
        return speak(c, t);
      },
      check: (events, t) => t.equal(events.at(-1).kind, 'finished') },
    { route: 'models.list', scenario: 'api_errors', by: 'error', calls: 10,
      does: 'each its status',
      call: async (c, t) => {
        for (const statusCode of statuses)
          await t.fails(() => c.models.list(), SonioxHttpError, { statusCode });
      } },
    { route: 'realtime.transcribe', scenario: 'api_errors', by: 'realtime: error',
      does: 'each its class', calls: 7,
      call: async (c, t) => {
        for (const type of [BadRequestError, AuthError, QuotaError, NetworkError,
          QuotaError, NetworkError, NetworkError])
          await t.fails(() => speak(c, t), type);
      } },
    { route: 'models.list', scenario: 'rate_limited', by: ['rate limit', 'models.list'],
      does: 'ten at once, then 429, then again', calls: 12,
      call: async (c, t) => {
        for (let i = 0; i < 10; i++) await c.models.list();
        await t.fails(() => c.models.list(), SonioxHttpError, { statusCode: 429 });
        await t.session.advance('1s');
        return c.models.list();
      } },
    { route: 'models.list', scenario: 'flaky', by: ['flaky', 'models.list'], calls: 3,
      does: 'no retries by itself',
      call: async (c, t) => {
        for (let i = 0; i < 2; i++)
          await t.fails(() => c.models.list(), SonioxHttpError, { statusCode: 429 });
        return c.models.list();
      } },
    { route: 'models.list', scenario: 'slow', by: ['slow', 'models.list'],
      does: 'waits as long as it takes',
      call: async (c, t) => {
        await t.session.resume();
        return c.models.list();
      } },
    { route: 'models.list', scenario: 'malformed', by: 'malformed', calls: 3,
      does: 'each an error',
      call: async (c, t) => {
        for (const _ of [1, 2, 3]) await t.fails(() => c.models.list(), SonioxHttpError);
      } },
    { route: 'realtime.transcribe', scenario: 'malformed', by: 'realtime: malformed',
      does: 'an error', calls: 1,
      call: (c, t) => speak(c, t),
      throws: [SyntaxError] },
    { route: 'realtime.transcribe', scenario: 'rate_limited', by: 'realtime: rate limit',
      does: 'ten at once, then 429, then again', calls: 12,
      call: async (c, t) => {
        for (let i = 0; i < 10; i++) {
          const session = c.realtime.stt(live);
          await session.connect();
          session.close();
        }
        await t.session.freeze();
        await t.fails(() => speak(c, t), QuotaError);
        await t.session.advance('1s');
        return speak(c, t);
      },
      check: (events, t) => t.equal(text(events), said) },
    { route: 'realtime.transcribe', scenario: 'timeouts', does: 'twice no answer, then one',
      by: ['realtime: timeouts', 'realtime.transcribe'],
      call: async (c, t) => {
        for (let i = 0; i < 2; i++) {
          const session = c.realtime.stt(live);
          await session.connect();
          session.sendAudio(silence);
          let came = 0;
          session.on('result', () => { came++; });
          await t.session.advance('1m');
          t.equal(came, 0);
          session.close();
        }
        return speak(c, t);
      },
      check: (events, t) => t.equal(text(events), said) },
    { route: 'realtime.transcribe', scenario: 'slow', by: ['realtime: slow', 'realtime.transcribe'],
      does: 'waits as long as it takes',
      call: async (c, t) => {
        await t.session.resume();
        return speak(c, t);
      },
      check: (events, t) => t.equal(text(events), said) },
    { route: 'models.list', scenario: 'outage', by: 'outage', does: '503', calls: 1,
      call: (c) => c.models.list(),
      throws: [SonioxHttpError, { statusCode: 503 }] },
    { route: 'realtime.transcribe', scenario: 'disconnects', by: 'realtime: disconnect',
      does: 'drops, and a new session works', calls: 2,
      call: async (c, t) => {
        await t.fails(() => speak(c, t, {}, (session) => {
          for (let i = 0; i < 3; i++) session.sendAudio(silence);
        }), ConnectionError);
        return speak(c, t);
      },
      check: (events, t) => t.equal(text(events), said) },
  ],
};
