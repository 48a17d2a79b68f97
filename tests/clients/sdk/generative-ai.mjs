// Google's older SDK for Gemini, which many programs still have, on the pack gemini;
// run.mjs says how to read it. It asks for one embedding by itself, and uploads by
// the multipart protocol, which the newer one does not.
import { GoogleGenerativeAI, GoogleGenerativeAIFetchError, GoogleGenerativeAIResponseError }
  from '@google/generative-ai';
import { FileState, GoogleAICacheManager, GoogleAIFileManager }
  from '@google/generative-ai/server';
import { statuses } from './gemini_ways.mjs';
import { sweeps, ways } from './generative-ai_ways.mjs';

const model = 'gemini-2.5-flash';
const slow = { replies: [{ text: 'one two three four', tps: 1 }] };
const weather = { functionDeclarations: [{ name: 'get_weather', parameters: {
  type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }] };
const caller = { replies: [
  { prompt: '~weather', tool_calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] },
  { tool_result: '~sunny', text: 'It is sunny.' }] };
const files = () => new GoogleAIFileManager('key');
const upload = async (more = {}) => (await files().uploadFile(Buffer.from('hello'),
  { mimeType: 'text/plain', displayName: 'a.txt', ...more })).file;
const vectors = (c) => c.getGenerativeModel({ model: 'text-embedding-004' });
const parts = (text) => ({ content: { role: 'user', parts: [{ text }] } });

export default {
  pack: 'gemini',
  sdk: '@google/generative-ai',
  open: () => {
    const c = new GoogleGenerativeAI('key');
    c.ask = c.getGenerativeModel({ model });
    return c;
  },
  ways, sweeps,
  checks: [
    { route: 'models.generateContent', does: 'text',
      call: async (c) => (await c.ask.generateContent('hi')).response,
      check: (r, t) => {
        t.equal(r.text(), 'This is a canned reply.');
        t.has(r.candidates[0], { finishReason: 'STOP', content: { role: 'model' } });
        t.typed(r.usageMetadata, { promptTokenCount: 'number',
          candidatesTokenCount: 'number', totalTokenCount: 'number' });
      } },
    { route: 'models.generateContent', does: 'functions, and their result',
      call: async (c, t) => {
        await t.session.rules(caller);
        const chat = c.getGenerativeModel({ model, tools: [weather] }).startChat();
        const first = await chat.sendMessage('the weather?');
        t.has(first.response.functionCalls()[0], { name: 'get_weather', args: { city: 'Paris' } });
        return (await chat.sendMessage([{ functionResponse: { name: 'get_weather',
          response: { is: 'sunny' } } }])).response.text();
      },
      check: (text, t) => t.equal(text, 'It is sunny.') },
    { route: 'models.generateContent', does: 'unknown model',
      call: (c) => c.getGenerativeModel({ model: 'gemini-none' }).generateContent('hi'),
      throws: [GoogleGenerativeAIFetchError, { status: 404 }] },
    { route: 'models.generateContent', by: 'invalid key', does: 'invalid key',
      call: () => new GoogleGenerativeAI('invalid').getGenerativeModel({ model })
        .generateContent('hi'),
      throws: [GoogleGenerativeAIFetchError, { status: 400, errorDetails: (d) =>
        d.some((one) => one.reason === 'API_KEY_INVALID') }] },
    { route: 'models.streamGenerateContent', does: 'stream',
      call: async (c, t) => {
        const { stream, response } = await c.ask.generateContentStream('hi');
        t.equal((await t.all(stream)).map((chunk) => chunk.text()).join(''),
          'This is a canned reply.');
        return response;
      },
      check: (r, t) => t.equal(r.text(), 'This is a canned reply.') },
    { route: 'models.streamGenerateContent', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, async () => (await c.ask.generateContentStream('hi')).stream);
      } },
    { route: 'models.countTokens', does: 'count',
      call: (c) => c.ask.countTokens('hi'),
      check: (r, t) => t.ok(r.totalTokens > 0) },
    { route: 'models.embedContent', does: 'a vector',
      call: (c) => vectors(c).embedContent('the cat sat on the mat'),
      check: (r, t) => t.equal(r.embedding.values.length, 768) },
    { route: 'models.batchEmbedContents', does: 'vectors, the same as one by one',
      by: ['models.embedContent', 'models.batchEmbedContents'],
      call: async (c, t) => {
        const { embeddings } = await vectors(c).batchEmbedContents(
          { requests: [parts('one'), parts('two')] });
        const { embedding } = await vectors(c).embedContent('two');
        t.equal(embeddings[1].values, embedding.values);
      } },

    { route: 'files.upload', by: 'files.upload: multipart', does: 'by the multipart protocol',
      call: () => upload({ name: 'files/mine' }),
      check: (f, t) => {
        t.has(f, { name: 'files/mine', displayName: 'a.txt', mimeType: 'text/plain',
          sizeBytes: '5', state: FileState.ACTIVE });
        t.typed(f, { uri: 'string', createTime: 'string', updateTime: 'string',
          expirationTime: 'string', sha256Hash: 'string' });
      } },
    { route: 'files.get', does: 'processed in its time',
      call: async (c, t) => {
        const { name } = await upload({ mimeType: 'video/mp4' });
        t.equal((await files().getFile(name)).state, FileState.PROCESSING);
        await t.session.advance('3s');
        return files().getFile(name);
      },
      check: (f, t) => t.equal(f.state, FileState.ACTIVE) },
    { route: 'files.list', does: 'by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await upload();
        const first = await files().listFiles({ pageSize: 2 });
        t.equal(first.files.length, 2);
        return files().listFiles({ pageSize: 2, pageToken: first.nextPageToken });
      },
      check: (page, t) => t.equal(page.files.length, 1) },
    { route: 'files.delete', does: 'delete',
      call: async (c, t) => {
        const { name } = await upload();
        await files().deleteFile(name);
        // Its class is not exported by the part that throws it.
        await t.fails(() => files().getFile(name), Error, { status: 403,
          statusText: 'Forbidden' });
      } },
    { route: 'cachedContents.create', does: 'create, list, get, patch, delete',
      by: ['cachedContents.create', 'cachedContents.list', 'cachedContents.get',
        'cachedContents.patch', 'cachedContents.delete'],
      call: async (c, t) => {
        const caches = new GoogleAICacheManager('key');
        const made = await caches.create({ model: `models/${model}`, ttlSeconds: 300,
          contents: [{ role: 'user', parts: [{ text: 'A long text. '.repeat(2000) }] }] });
        t.equal((await caches.list()).cachedContents.length, 1);
        t.equal((await caches.get(made.name)).name, made.name);
        await caches.update(made.name, { cachedContent: { ttlSeconds: 600 } });
        const answer = await c.getGenerativeModelFromCachedContent(made).generateContent('hi');
        t.equal(answer.response.text(), 'This is a canned reply.');
        await caches.delete(made.name);
        await t.fails(() => caches.get(made.name), Error, { status: 403 });
      } },

    { route: 'models.generateContent', scenario: 'successful_conversation', does: 'three turns',
      call: async (c, t) => {
        const chat = c.ask.startChat();
        for (const message of ['Hello', 'What can you do?', 'Thank you'])
          t.ok((await chat.sendMessage(message)).response.text().length > 0);
        t.equal((await chat.getHistory()).length, 6);
      } },
    { route: 'models.generateContent', scenario: 'tool_usage', does: 'calls what is offered',
      call: async (c) => (await c.getGenerativeModel({ model, tools: [weather] })
        .generateContent('hi')).response.functionCalls(),
      check: ([use], t) => t.typed(use.args, { city: 'string' }) },
    { route: 'models.generateContent', scenario: 'smart', does: 'sums',
      call: async (c) => (await c.ask.generateContent('What is 17 + 25?')).response.text(),
      check: (text, t) => t.match(text, /42/) },
    { route: 'models.generateContent', scenario: 'safety', does: 'blocked, and an answer that is',
      call: async (c, t) => {
        const blocked = (await c.ask.generateContent('hi')).response;
        await t.fails(async () => blocked.text(), GoogleGenerativeAIResponseError);
        return (await c.ask.generateContent('answer me')).response;
      },
      check: (r, t) => t.equal(r.candidates[0].finishReason, 'SAFETY') },
    { route: 'models.generateContent', scenario: 'api_errors', by: 'error',
      calls: statuses.length, does: 'each its status',
      call: async (c, t) => {
        for (const status of statuses)
          await t.fails(() => c.ask.generateContent('hi'), GoogleGenerativeAIFetchError, { status });
      } },
    { route: 'models.generateContent', scenario: 'rate_limited', by: 'rate limit', calls: 12,
      does: 'ten at once, then 429, then again',
      call: async (c, t) => {
        for (let i = 0; i < 10; i++) await c.ask.generateContent('hi');
        await t.fails(() => c.ask.generateContent('hi'), GoogleGenerativeAIFetchError,
          { status: 429 });
        await t.session.advance('60s');
        return c.ask.generateContent('hi');
      } },
    { route: 'models.generateContent', scenario: 'flaky', by: ['flaky', 'models.generateContent'],
      calls: 3, does: 'no retries by itself',
      call: async (c, t) => {
        for (let i = 0; i < 2; i++)
          await t.fails(() => c.ask.generateContent('hi'), GoogleGenerativeAIFetchError,
            { status: 429 });
        return c.ask.generateContent('hi');
      } },
    { route: 'models.generateContent', scenario: 'timeouts', does: 'two timeouts',
      by: ['timeouts', 'models.generateContent'],
      call: async (c, t) => {
        const short = c.getGenerativeModel({ model }, { timeout: 500 });
        await t.timeOut(t.session, 'timeouts', 2, () => short.generateContent('hi'), Error);
        return c.ask.generateContent('hi');
      } },
    { route: 'models.streamGenerateContent', scenario: 'slow', does: 'a stream, word by word',
      by: ['slow', 'models.streamGenerateContent'],
      call: (c, t) => t.paced(t.session,
        async () => (await c.ask.generateContentStream('hi')).stream) },
    { route: 'models.generateContent', scenario: 'malformed', by: 'malformed', calls: 2,
      does: 'broken JSON, a cut body',
      call: async (c, t) => {
        for (let i = 0; i < 2; i++) await t.fails(() => c.ask.generateContent('hi'), Error);
      } },
    { route: 'models.generateContent', scenario: 'outage', by: 'outage', calls: 1, does: '503',
      call: (c) => c.ask.generateContent('hi'),
      throws: [GoogleGenerativeAIFetchError, { status: 503 }] },
  ],
};
