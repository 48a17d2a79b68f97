// Of gemini.mjs: the least that calls each route, and what each scenario does to
// them all. Their ids are those of nothing: a failure comes before anybody looks.
import { ApiError, GoogleGenAI } from '@google/genai';

const model = 'gemini-2.5-flash';
const ask = { model, contents: 'hi' };

export const ways = {
  'models.list': (c) => c.models.list(),
  'models.get': (c) => c.models.get({ model }),
  'models.generateContent': (c) => c.models.generateContent(ask),
  'models.streamGenerateContent': async (c) => {
    for await (const _ of await c.models.generateContentStream(ask)) continue;
  },
  'models.countTokens': (c) => c.models.countTokens(ask),
  'models.batchEmbedContents': (c) => c.models.embedContent(
    { model: 'gemini-embedding-001', contents: 'a' }),
  'files.upload': (c) => c.files.upload({ file: new Blob(['a']),
    config: { mimeType: 'text/plain' } }),
  'files.list': (c) => c.files.list(),
  'files.get': (c) => c.files.get({ name: 'none' }),
  'files.delete': (c) => c.files.delete({ name: 'none' }),
  'cachedContents.create': (c) => c.caches.create({ model, config: { contents: 'a' } }),
  'cachedContents.list': (c) => c.caches.list(),
  'cachedContents.get': (c) => c.caches.get({ name: 'none' }),
  'cachedContents.patch': (c) => c.caches.update({ name: 'none', config: { ttl: '1s' } }),
  'cachedContents.delete': (c) => c.caches.delete({ name: 'none' }),
};

export const statuses = [400, 401, 403, 404, 409, 422, 429, 500, 503, 504, 529];
// The SDK retries when it is told to; then as often as it is told.
export const retrying = () => new GoogleGenAI({ apiKey: 'key',
  httpOptions: { retryOptions: { attempts: 3, initialDelay: 0.01 } } });
const thrown = (status) => ({ error }, t) => {
  t.ok(error instanceof ApiError, String(error));
  t.has(error, { status });
};

export const sweeps = [
  { scenario: 'api_errors', by: 'error', does: 'one error after the other', calls: 1,
    ends: (end, t) => thrown(statuses[end.number % statuses.length])(end, t) },
  { scenario: 'rate_limited', by: 'rate limit', does: '429 when ten have come', calls: 1,
    first: async (c) => { for (let i = 0; i < 10; i++) await c.models.get({ model }); },
    ends: thrown(429) },
  { scenario: 'flaky', by: ['flaky', '*'], does: 'two retries, if asked for', anew: true,
    open: retrying,
    ends: ({ error }, t) => t.ok(!error || [400, 403].includes(error.status), String(error)) },
  { scenario: 'slow', by: ['slow', '*'], does: 'waits as long as it takes',
    first: (c, t) => t.session.hurry(),
    ends: ({ error }, t) => t.ok(!error || [400, 403].includes(error.status), String(error)) },
  { scenario: 'malformed', by: 'malformed', does: 'broken JSON', calls: 1, anew: true,
    // Of these the SDK does not look at the body.
    without: ['models.streamGenerateContent', 'files.upload'],
    ends: ({ error }, t) => t.ok(error instanceof SyntaxError, String(error)) },
  { scenario: 'outage', by: 'outage', does: '503', calls: 1, ends: thrown(503) },
];
