// Google's SDK for Gemini on the pack gemini; run.mjs says how to read it.
import { ApiError, GoogleGenAI } from '@google/genai';
import { retrying, statuses, sweeps, ways } from './gemini_ways.mjs';

const model = 'gemini-2.5-flash';
const ask = { model, contents: 'hi' };
const slow = { replies: [{ text: 'one two three four', tps: 1 }] };
const weather = { functionDeclarations: [{ name: 'get_weather', parameters: {
  type: 'OBJECT', properties: { city: { type: 'STRING' } }, required: ['city'] } }] };
const caller = { replies: [
  { prompt: '~weather', tool_calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] },
  { tool_result: '~sunny', text: 'It is sunny.' }] };
const upload = (c, config = {}) => c.files.upload({
  file: new Blob(['hello'], { type: 'text/plain' }),
  config: { mimeType: 'text/plain', displayName: 'a.txt', ...config } });
const cache = (c) => c.caches.create({ model, config: { ttl: '300s',
  contents: [{ role: 'user', parts: [{ text: 'A long text. '.repeat(2000) }] }] } });
// What the SDK does for none of its methods, by the client that they all use.
const ask_raw = (c, path, { headers = {}, body, method = 'POST' } = {}) =>
  c.apiClient.request({ path, httpMethod: method, body,
    httpOptions: { apiVersion: '', headers } });
const command = (name) => ({ 'X-Goog-Upload-Protocol': 'resumable',
  'X-Goog-Upload-Command': name });
// An upload that has begun, by its path.
async function begin(c) {
  const { headers } = await ask_raw(c, 'upload/v1beta/files', { body: '{}',
    headers: command('start') });
  return new URL(headers['x-goog-upload-url']).href.split('.com/')[1];
}
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

export default {
  pack: 'gemini',
  sdk: '@google/genai',
  open: () => new GoogleGenAI({ apiKey: 'key' }),
  ways, sweeps,
  checks: [
    { route: 'models.generateContent', does: 'refused: too long, too much thought',
      call: async (c, t) => {
        await t.fails(() => c.models.generateContent({ ...ask, contents: 'word '.repeat(1100000) }),
          ApiError, { status: 400, message: /input token count \(1100001\) exceeds/ });
        await t.fails(() => c.models.generateContent({ ...ask,
          config: { thinkingConfig: { thinkingBudget: 30000 } } }),
        ApiError, { status: 400, message: /thinking budget 30000 is invalid/ });
        return c.models.generateContent({ ...ask,
          config: { thinkingConfig: { thinkingBudget: -1 } } });
      },
      check: (r, t) => t.equal(r.text, 'This is a canned reply.') },
    { route: 'models.list', by: 'unknown URL', does: 'at an unknown URL: a page',
      call: (c) => ask_raw(c, 'v1beta/engines', { method: 'GET' }),
      throws: [ApiError, { status: 404, message: /v1beta\/engines/ }] },
    { route: 'models.list', does: 'by pages',
      call: async (c, t) => t.all(await c.models.list({ config: { pageSize: 2 } })),
      check: (models, t) => {
        t.ok(models.some((m) => m.name === `models/${model}`));
        t.typed(models[0], { name: 'string', displayName: 'string', version: 'string',
          inputTokenLimit: 'number', outputTokenLimit: 'number' });
      } },
    { route: 'models.get', does: 'one',
      call: (c) => c.models.get({ model }),
      check: (m, t) => t.equal(m.name, `models/${model}`) },
    { route: 'models.get', does: 'unknown',
      call: (c) => c.models.get({ model: 'gemini-none' }),
      throws: [ApiError, { status: 404 }] },
    { route: 'models.list', by: 'invalid key', does: 'invalid key',
      call: () => new GoogleGenAI({ apiKey: 'invalid' }).models.list(),
      throws: [ApiError, { status: 400 }] },
    { route: 'models.list', by: 'unregistered', does: 'no key', calls: 1,
      call: () => new GoogleGenAI({ apiKey: 'key',
        httpOptions: { headers: { 'x-goog-api-key': '' } } }).models.list(),
      throws: [ApiError, { status: 403 }] },

    { route: 'models.generateContent', does: 'text',
      call: (c) => c.models.generateContent(ask),
      check: (r, t) => {
        t.has(r, { text: 'This is a canned reply.', modelVersion: /^gemini/ });
        t.has(r.candidates[0], { finishReason: 'STOP', content: { role: 'model' } });
        t.typed(r.usageMetadata, { promptTokenCount: 'number',
          candidatesTokenCount: 'number', totalTokenCount: 'number' });
      } },
    { route: 'models.generateContent', does: 'functions, and their result',
      call: async (c, t) => {
        await t.session.rules(caller);
        const contents = [{ role: 'user', parts: [{ text: 'the weather?' }] }];
        const config = { tools: [weather] };
        const first = await c.models.generateContent({ model, contents, config });
        t.has(first.functionCalls[0], { name: 'get_weather', args: { city: 'Paris' } });
        contents.push(first.candidates[0].content, { role: 'user', parts: [{
          functionResponse: { name: 'get_weather', response: { output: 'sunny' } } }] });
        return c.models.generateContent({ model, contents, config });
      },
      check: (r, t) => t.equal(r.text, 'It is sunny.') },
    { route: 'models.generateContent', does: 'JSON by a schema',
      call: (c) => c.models.generateContent({ ...ask, config: {
        responseMimeType: 'application/json', responseSchema: { type: 'OBJECT',
          properties: { n: { type: 'INTEGER' } }, required: ['n'] } } }),
      check: (r, t) => t.typed(JSON.parse(r.text), { n: 'number' }) },
    { route: 'models.generateContent', does: 'refused',
      call: (c) => c.models.generateContent({ model, contents: [] }),
      throws: [Error], by: [] },
    { route: 'models.generateContent', does: 'unknown model',
      call: (c) => c.models.generateContent({ ...ask, model: 'gemini-none' }),
      throws: [ApiError, { status: 404 }] },
    { route: 'models.streamGenerateContent', does: 'stream',
      call: (c, t) => t.all(c.models.generateContentStream(ask)),
      check: (chunks, t) => {
        t.equal(chunks.map((chunk) => chunk.text ?? '').join(''), 'This is a canned reply.');
        t.equal(chunks.at(-1).candidates[0].finishReason, 'STOP');
      } },
    { route: 'models.streamGenerateContent', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, () => c.models.generateContentStream(ask));
      } },
    { route: 'models.generateContent', does: 'a chat that remembers',
      call: async (c, t) => {
        await t.session.rules({ replies: [{ prompt: '~my name',
          history: '~name is (?<name>\\w+)', text: 'You are {{ m.name }}.' }] });
        const chat = c.chats.create({ model });
        await chat.sendMessage({ message: 'My name is Ada.' });
        return chat.sendMessage({ message: 'Say my name.' });
      },
      check: (r, t) => t.equal(r.text, 'You are Ada.') },
    { route: 'models.countTokens', does: 'count',
      call: (c) => c.models.countTokens(ask),
      check: (r, t) => t.ok(r.totalTokens > 0) },
    { route: 'models.batchEmbedContents', does: 'alike where texts are',
      call: (c) => c.models.embedContent({ model: 'gemini-embedding-001', contents: [
        'the cat sat on the mat', 'a cat sat on a mat', 'quarterly revenue grew'] }),
      check: (r, t) => {
        const [a, b, d] = r.embeddings.map((e) => e.values);
        t.ok(a.length > 0 && cosine(a, b) > cosine(a, d));
      } },

    { route: 'files.upload', does: 'upload', by: ['files.upload'],
      call: (c) => upload(c),
      check: (f, t) => {
        t.has(f, { name: /^files\//, displayName: 'a.txt', mimeType: 'text/plain',
          state: 'ACTIVE' });
        t.typed(f, { uri: 'string', sizeBytes: 'string', createTime: 'string' });
      } },
    { route: 'files.upload', does: 'in chunks', by: ['files.upload', 'files.upload: chunk'],
      call: (c) => c.files.upload({ file: new Blob([Buffer.alloc(9 << 20)]),
        config: { mimeType: 'text/plain', name: 'nine' } }),
      check: (f, t) => t.has(f, { name: 'files/nine', sizeBytes: `${9 << 20}` }) },
    { route: 'files.upload', by: ['files.upload: query', 'files.upload: cancel'],
      does: 'asked about, and cancelled, by request, which the SDK has not',
      call: async (c, t) => {
        const path = await begin(c);
        const send = (name, body = '') => ask_raw(c, path, { headers: command(name), body });
        await send('upload', 'hello');
        t.has((await send('query')).headers, { 'x-goog-upload-status': 'active',
          'x-goog-upload-size-received': '5' });
        t.has((await send('cancel')).headers, { 'x-goog-upload-status': 'cancelled' });
        await t.fails(() => send('upload, finalize', 'hello'), ApiError, { status: 404 });
      } },
    { route: 'files.upload', by: 'files.upload: unknown', does: 'what was not started',
      call: (c) => ask_raw(c, 'upload/v1beta/files', { headers: command('upload'), body: 'x' }),
      throws: [ApiError, { status: 400 }] },
    { route: 'files.create', does: 'refused, by request, which the SDK has not',
      call: (c) => ask_raw(c, 'v1beta/files', { body: '{"file":{}}' }),
      throws: [ApiError, { status: 400 }] },
    { route: 'files.download', does: 'what was uploaded is not handed out',
      by: ['files.upload', 'files.download'],
      call: async (c) => {
        const { name } = await upload(c);
        return ask_raw(c, `v1beta/${name}:download?alt=media`, { method: 'GET' });
      },
      throws: [ApiError, { status: 400 }] },
    { route: 'files.get', does: 'processed in its time',
      call: async (c, t) => {
        const file = await upload(c, { mimeType: 'video/mp4' });
        t.equal((await c.files.get({ name: file.name })).state, 'PROCESSING');
        await t.session.advance('3s');
        return c.files.get({ name: file.name });
      },
      check: (f, t) => t.equal(f.state, 'ACTIVE') },
    { route: 'files.list', does: 'by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await upload(c);
        return t.all(await c.files.list({ config: { pageSize: 2 } }));
      },
      check: (all, t) => t.equal(all.length, 3) },
    { route: 'files.delete', does: 'delete',
      call: async (c, t) => {
        const { name } = await upload(c);
        await c.files.delete({ name });
        await t.fails(() => c.files.get({ name }), ApiError,
          { status: (s) => s === 403 || s === 404 });
      } },
    { route: 'cachedContents.create', does: 'create, list, get, patch, delete',
      by: ['cachedContents.create', 'cachedContents.list', 'cachedContents.get',
        'cachedContents.patch', 'cachedContents.delete'],
      call: async (c, t) => {
        const { name } = await cache(c);
        t.ok((await t.all(await c.caches.list())).some((one) => one.name === name));
        t.equal((await c.caches.get({ name })).name, name);
        await c.caches.update({ name, config: { ttl: '600s' } });
        const answer = await c.models.generateContent({ ...ask, config: { cachedContent: name } });
        t.equal(answer.text, 'This is a canned reply.');
        await c.caches.delete({ name });
        await t.fails(() => c.caches.get({ name }), ApiError);
      } },

    { route: 'models.generateContent', scenario: 'successful_conversation', does: 'three turns',
      call: async (c, t) => {
        const chat = c.chats.create({ model });
        for (const message of ['Hello', 'What can you do?', 'Thank you'])
          t.ok((await chat.sendMessage({ message })).text.length > 0);
      } },
    { route: 'models.generateContent', scenario: 'tool_usage', does: 'calls what is offered',
      call: (c) => c.models.generateContent({ ...ask, config: { tools: [weather] } }),
      check: (r, t) => t.typed(r.functionCalls[0].args, { city: 'string' }) },
    { route: 'models.generateContent', scenario: 'tool_usage', does: 'tells what it was told',
      call: async (c) => {
        const chat = c.chats.create({ model, config: { tools: [weather] } });
        const { functionCalls: [{ id, name }] } = await chat.sendMessage({ message: 'hi' });
        return chat.sendMessage({ message: [{ functionResponse: { id, name,
          response: { output: 'sunny' } } }] });
      },
      check: (r, t) => t.ok(r.text.length > 0) },
    { route: 'models.generateContent', scenario: 'smart', does: 'counting, code, names',
      call: async (c, t) => {
        const chat = c.chats.create({ model });
        const tell = async (message) => (await chat.sendMessage({ message })).text;
        t.match(await tell('Count to 5'), /1.*2.*3.*4.*5/s);
        t.match(await tell('Write a Python function that adds two numbers'), /def |```/);
        await tell('My name is Ada.');
        return tell('What is my name?');
      },
      check: (text, t) => t.match(text, /Ada/) },
    { route: 'models.generateContent', scenario: 'smart', does: 'sums',
      call: (c) => c.models.generateContent({ model, contents: 'What is 17 + 25?' }),
      check: (r, t) => t.match(r.text, /42/) },
    { route: 'models.generateContent', scenario: 'safety', does: 'blocked',
      call: (c) => c.models.generateContent(ask),
      check: (r, t) => t.typed(r.promptFeedback, { blockReason: 'string' }) },
    { route: 'models.generateContent', scenario: 'api_errors', by: 'error',
      calls: statuses.length, does: 'each its status',
      call: async (c, t) => {
        for (const status of statuses)
          await t.fails(() => c.models.generateContent(ask), ApiError, { status });
      } },
    { route: 'models.generateContent', scenario: 'rate_limited',
      by: ['rate limit', 'models.generateContent'], does: 'ten at once, then 429, then again',
      calls: 12,
      call: async (c, t) => {
        for (let i = 0; i < 10; i++) await c.models.generateContent(ask);
        await t.fails(() => c.models.generateContent(ask), ApiError, { status: 429 });
        await t.session.advance('60s');
        return c.models.generateContent(ask);
      } },
    { route: 'models.generateContent', scenario: 'flaky', calls: 3,
      by: ['flaky', 'models.generateContent'], does: 'two retries, if asked for',
      call: () => retrying().models.generateContent(ask),
      check: (r, t) => t.equal(r.text, 'This is a canned reply.') },
    { route: 'models.generateContent', scenario: 'timeouts',
      by: ['timeouts', 'models.generateContent'], does: 'two timeouts',
      call: async (c, t) => {
        await t.timeOut(t.session, 'timeouts', 2, () => c.models.generateContent(
          { ...ask, config: { httpOptions: { timeout: 500 } } }), Error);
        return c.models.generateContent(ask);
      } },
    { route: 'models.streamGenerateContent', scenario: 'slow',
      by: ['slow', 'models.streamGenerateContent'], does: 'a stream, word by word',
      call: (c, t) => t.paced(t.session, () => c.models.generateContentStream(ask)) },
    { route: 'models.generateContent', scenario: 'malformed', by: 'malformed',
      does: 'broken JSON, a cut body',
      call: async (c, t) => {
        for (let i = 0; i < 2; i++)
          await t.fails(() => c.models.generateContent(ask), Error);
      } },
    { route: 'models.streamGenerateContent', scenario: 'malformed', by: 'malformed', calls: 5,
      does: 'broken JSON, cut, reset, HTML',
      call: async (c, t) => {
        const ends = [];
        for (let i = 0; i < 5; i++)
          ends.push(await t.ending(() => c.models.generateContentStream(ask)));
        return ends;
      },
      check: (ends, t) => {
        for (const { chunks } of ends)
          t.ok(!chunks.some((chunk) => chunk.candidates?.[0]?.finishReason));
        const [, cut, broken, reset, html] = ends;
        for (const { error } of [broken, reset]) t.ok(error instanceof Error);
        t.has(html.error, { status: 502 });
        t.ok(html.error instanceof ApiError);
      } },
    { route: 'models.streamGenerateContent', scenario: 'api_errors', by: 'error',
      calls: statuses.length, does: 'each its status',
      call: async (c, t) => {
        for (const status of statuses)
          await t.fails(() => c.models.generateContentStream(ask), ApiError, { status });
      } },
    { route: 'models.generateContent', scenario: 'flaky', by: 'flaky', calls: 1,
      does: 'none, unless asked for',
      call: (c) => c.models.generateContent(ask),
      throws: [ApiError, { status: 429 }] },
    { route: 'models.generateContent', scenario: 'outage', by: 'outage', calls: 3,
      does: 'gives up after two retries, if asked for',
      call: () => retrying().models.generateContent(ask),
      throws: [ApiError, { status: 503 }] },
    { route: 'models.list', scenario: 'outage', by: 'outage', does: '503', calls: 1,
      call: (c) => c.models.list(),
      throws: [ApiError, { status: 503 }] },
  ],
};
