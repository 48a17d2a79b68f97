// Of generative-ai.mjs: the least that calls each route, and what each scenario does
// to them all.
import { GoogleAICacheManager, GoogleAIFileManager } from '@google/generative-ai/server';
import { statuses } from './gemini_ways.mjs';

const files = new GoogleAIFileManager('key'), caches = new GoogleAICacheManager('key');
const vectors = (c) => c.getGenerativeModel({ model: 'text-embedding-004' });
const content = { role: 'user', parts: [{ text: 'a' }] };

export const ways = {
  'models.generateContent': (c) => c.ask.generateContent('hi'),
  'models.streamGenerateContent': async (c) => {
    for await (const _ of (await c.ask.generateContentStream('hi')).stream) continue;
  },
  'models.countTokens': (c) => c.ask.countTokens('hi'),
  'models.embedContent': (c) => vectors(c).embedContent('a'),
  'models.batchEmbedContents': (c) => vectors(c).batchEmbedContents({ requests: [{ content }] }),
  'files.upload': () => files.uploadFile(Buffer.from('a'), { mimeType: 'text/plain' }),
  'files.list': () => files.listFiles(),
  'files.get': () => files.getFile('none'),
  'files.delete': () => files.deleteFile('none'),
  'cachedContents.create': () => caches.create({ model: 'models/gemini-2.5-flash',
    contents: [content] }),
  'cachedContents.list': () => caches.list(),
  'cachedContents.get': () => caches.get('none'),
  'cachedContents.patch': () => caches.update('none', { cachedContent: { ttlSeconds: 1 } }),
  'cachedContents.delete': () => caches.delete('none'),
};

// Of the part for servers the class is not exported: its members say what it is.
const thrown = (status) => ({ error }, t) => {
  t.equal(error?.constructor.name, 'GoogleGenerativeAIFetchError');
  t.has(error, { status });
};

export const sweeps = [
  { scenario: 'api_errors', by: 'error', does: 'one error after the other', calls: 1,
    ends: (end, t) => thrown(statuses[end.number % statuses.length])(end, t) },
  { scenario: 'rate_limited', by: 'rate limit', does: '429 when ten have come', calls: 1,
    first: async (c) => { for (let i = 0; i < 10; i++) await c.ask.countTokens('hi'); },
    ends: thrown(429) },
  { scenario: 'flaky', by: 'flaky', does: 'no retries by itself', calls: 1, anew: true,
    ends: thrown(429) },
  { scenario: 'slow', by: ['slow', '*'], does: 'waits as long as it takes', calls: 1,
    first: (c, t) => t.session.hurry(),
    ends: ({ error }, t) => t.ok(!error || [400, 403].includes(error.status), String(error)) },
  { scenario: 'outage', by: 'outage', does: '503', calls: 1, ends: thrown(503) },
];
