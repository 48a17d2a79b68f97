// OpenRouter's SDK on the pack openrouter; run.mjs says how to read it.
import Anthropic from '@anthropic-ai/sdk';
import { OpenRouter } from '@openrouter/sdk';
import * as errors from '@openrouter/sdk/models/errors';
import OpenAI from 'openai';
import { classes, sweeps, ways } from './openrouter_ways.mjs';

const model = 'openai/gpt-4o';
const messages = [{ role: 'user', content: 'hi' }];
const chat = { chatRequest: { model, messages } };
const streamed = { chatRequest: { model, messages, stream: true } };
const slow = { replies: [{ text: 'one two three four', tps: 1 }] };
const caller = { replies: [{ prompt: '~weather', tool_calls: [
  { name: 'get_weather', arguments: { city: 'Paris' } }] }] };
const tool = { type: 'function', function: { name: 'get_weather', parameters: {} } };
// Without retries: the SDK's own go on for an hour.
const once = { retries: { strategy: 'none' } };
const quick = { retries: { strategy: 'backoff', backoff: { initialInterval: 1,
  maxInterval: 5, exponent: 1, maxElapsedTime: 60000 }, retryConnectionErrors: true },
  retryCodes: ['429', '5XX'] };

// Routes that its own SDK has not are those of others, whose SDKs are pointed to it.
const openai = (apiKey = 'sk-or-v1-mock') =>
  new OpenAI({ apiKey, baseURL: 'https://openrouter.ai/api/v1' });
const anthropic = (authToken = 'sk-or-v1-mock') =>
  new Anthropic({ apiKey: null, authToken, baseURL: 'https://openrouter.ai/api' });
const claude = { model: 'anthropic/claude-sonnet-4.5', max_tokens: 64, messages };
const completion = { model, prompt: 'hi' };

const pages = async (list) => {
  const all = [];
  for await (const page of await list) all.push(...page.result.data);
  return all;
};
const text = (chunks) =>
  chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');

export default {
  pack: 'openrouter',
  sdk: '@openrouter/sdk',
  open: () => new OpenRouter({ apiKey: 'sk-or-v1-mock' }),
  ways, sweeps,
  checks: [
    { route: 'models.list', by: 'unknown URL', does: 'at an unknown URL, by openai',
      call: () => openai().get('/engines'),
      throws: [OpenAI.NotFoundError, { status: 404, message: /Not Found/ }] },
    { route: 'chat.send', by: 'unknown URL: a page', does: 'at the URL of a page',
      call: (c) => new OpenRouter({ apiKey: 'sk-or-v1-mock', serverURL: 'https://openrouter.ai/v1' })
        .chat.send(chat, once),
      throws: [errors.OpenRouterError, { statusCode: 404 }] },
    { route: 'models.list', does: 'by pages',
      call: (c) => pages(c.models.list()),
      check: (models, t) => {
        t.ok(models.some((m) => m.id === model));
        t.typed(models[0], { id: 'string', name: 'string', created: 'number',
          pricing: { prompt: 'string', completion: 'string' }, architecture: 'object' });
      } },
    { route: 'models.list', by: 'unauthenticated', does: 'invalid key',
      call: (c) => new OpenRouter({ apiKey: 'invalid' }).credits.getCredits({}, once),
      throws: [errors.UnauthorizedResponseError] },
    { route: 'models.list', by: 'unauthenticated', does: 'no key', calls: 1,
      call: () => new OpenRouter().credits.getCredits({}, once),
      throws: [errors.UnauthorizedResponseError] },
    { route: 'models.count', does: 'count',
      call: (c) => c.models.count(),
      check: (r, t) => t.ok(r.data.count > 0) },
    { route: 'models.listForUser', does: 'list',
      call: (c) => pages(c.models.listForUser({ bearer: 'sk-or-v1-mock' })),
      check: (models, t) => t.ok(models.length > 0) },
    { route: 'models.get', does: 'one',
      call: (c) => c.models.get({ author: 'openai', slug: 'gpt-4o' }),
      check: (r, t) => t.equal(r.data.id, model) },
    { route: 'endpoints.list', does: 'of a model',
      call: (c) => c.endpoints.list({ author: 'openai', slug: 'gpt-4o' }),
      check: (r, t) => t.ok(r.data.endpoints.length > 0) },
    { route: 'endpoints.listZdrEndpoints', does: 'list',
      call: (c) => c.endpoints.listZdrEndpoints(),
      check: (r, t) => t.ok(Array.isArray(r.data)) },
    { route: 'providers.list', does: 'list',
      call: (c) => c.providers.list(),
      check: (r, t) => t.typed(r.data[0], { name: 'string', slug: 'string' }) },

    { route: 'chat.send', does: 'text',
      call: (c) => c.chat.send(chat),
      check: (r, t) => {
        t.has(r, { object: 'chat.completion', id: /^gen-/ });
        t.has(r.choices[0], { finishReason: 'stop', message: { role: 'assistant',
          content: 'This is a canned reply.' } });
        t.typed(r.usage, { promptTokens: 'number', completionTokens: 'number',
          totalTokens: 'number' });
      } },
    { route: 'chat.send', does: 'stream, with comments',
      call: (c, t) => t.all(c.chat.send(streamed)),
      check: (chunks, t) => {
        t.equal(text(chunks), 'This is a canned reply.');
        t.ok(chunks.some((chunk) => chunk.usage));
      } },
    { route: 'chat.send', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, () => c.chat.send(streamed));
      } },
    { route: 'chat.send', does: 'tools',
      call: async (c, t) => {
        await t.session.rules(caller);
        return c.chat.send({ chatRequest: { model, tools: [tool],
          messages: [{ role: 'user', content: 'the weather?' }] } });
      },
      check: (r, t) => {
        t.equal(r.choices[0].finishReason, 'tool_calls');
        t.has(r.choices[0].message.toolCalls[0], { type: 'function',
          function: { name: 'get_weather' } });
      } },
    { route: 'chat.send', does: 'an error in the stream',
      call: async (c, t) => {
        await t.session.rules({ replies: [{ text: 'one two three', error: {
          status: 502, type: 'server_error', message: 'Provider disconnected', after: 1 } }] });
        return t.all(c.chat.send(streamed));
      },
      check: (chunks, t) => t.ok(chunks.some((chunk) => chunk.error?.code === 502)) },
    { route: 'chat.send', does: 'unknown model',
      call: (c) => c.chat.send({ chatRequest: { model: 'a/none', messages } }, once),
      throws: [errors.OpenRouterError, { statusCode: (s) => s === 400 || s === 404 }] },
    { route: 'generations.getGeneration', does: 'of an answer',
      call: async (c) => {
        const { id } = await c.chat.send(chat);
        return c.generations.getGeneration({ id });
      },
      check: (r, t) => t.typed(r.data, { id: 'string', totalCost: 'number',
        model: 'string', usage: 'number', isByok: 'boolean', origin: 'string' }) },
    { route: 'generations.getGeneration', does: 'unknown',
      call: (c) => c.generations.getGeneration({ id: 'gen-none' }, once),
      throws: [errors.NotFoundResponseError] },
    { route: 'generations.getGeneration', by: 'generations.getGeneration: none',
      does: 'without an id, by openai\'s SDK',
      call: () => openai().get('/generation'),
      throws: [OpenAI.BadRequestError, { message: /id: Required/ }] },
    { route: 'generations.listGenerationContent', does: 'of an answer',
      call: async (c) => {
        const { id } = await c.chat.send(chat);
        return c.generations.listGenerationContent({ id });
      },
      check: (r, t) => t.match(JSON.stringify(r), /canned reply/) },
    { route: 'credits.getCredits', does: 'counts what was spent',
      by: ['chat.send', 'credits.getCredits'],
      call: async (c, t) => {
        const before = await c.credits.getCredits();
        await c.chat.send(chat);
        const after = await c.credits.getCredits();
        t.ok(after.data.totalUsage > before.data.totalUsage);
      } },
    { route: 'apiKeys.getCurrentKeyMetadata', does: 'own key',
      call: (c) => c.apiKeys.getCurrentKeyMetadata(),
      check: (r, t) => t.typed(r.data, { label: 'string', usage: 'number' }) },
    { route: 'apiKeys.create', does: 'create, list, get, update, delete',
      by: ['apiKeys.create', 'apiKeys.list', 'apiKeys.get', 'apiKeys.update', 'apiKeys.delete'],
      call: async (c, t) => {
        const made = await c.apiKeys.create({ requestBody: { name: 'mine' } });
        const { hash } = made.data;
        t.ok((await c.apiKeys.list()).data.some((key) => key.hash === hash));
        t.equal((await c.apiKeys.get({ hash })).data.name, 'mine');
        const changed = await c.apiKeys.update({ hash, requestBody: { name: 'yours' } });
        t.equal(changed.data.name, 'yours');
        t.equal((await c.apiKeys.delete({ hash })).deleted, true);
        await t.fails(() => c.apiKeys.get({ hash }, once), errors.NotFoundResponseError);
      } },

    { route: 'responses.send', does: 'plain and streamed',
      call: async (c, t) => {
        const ask = { responsesRequest: { model, input: 'hi' } };
        const plain = await c.responses.send(ask);
        t.has(plain, { object: 'response', status: 'completed' });
        t.match(JSON.stringify(plain.output), /canned reply/);
        return t.all(c.responses.send({ responsesRequest: { ...ask.responsesRequest,
          stream: true } }));
      },
      check: (events, t) => t.equal(events.at(-1).type, 'response.completed') },
    { route: 'responses.send', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, () => c.responses.send(
          { responsesRequest: { model, input: 'hi', stream: true } }));
      } },
    { route: 'completions', does: 'text and stream, by openai\'s SDK',
      call: async (c, t) => {
        const plain = await openai().completions.create(completion);
        t.has(plain, { object: 'text_completion', id: /^gen-/, model });
        t.has(plain.choices[0], { text: 'This is a canned reply.', finish_reason: 'stop' });
        t.typed(plain.usage, { prompt_tokens: 'number', completion_tokens: 'number',
          total_tokens: 'number' });
        return t.all(openai().completions.create({ ...completion, stream: true }));
      },
      check: (chunks, t) => t.equal(
        chunks.map((chunk) => chunk.choices[0]?.text ?? '').join(''), 'This is a canned reply.') },
    { route: 'completions', does: 'stream in pieces, by openai\'s SDK',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, () => openai().completions.create({ ...completion, stream: true }));
      } },
    { route: 'messages', does: 'text, stream and tools, by Anthropic\'s SDK',
      call: async (c, t) => {
        await t.session.rules(caller);
        const plain = await anthropic().messages.create(claude);
        t.has(plain, { type: 'message', role: 'assistant', stop_reason: 'end_turn' });
        t.has(plain.content[0], { type: 'text', text: 'This is a canned reply.' });
        t.typed(plain.usage, { input_tokens: 'number', output_tokens: 'number' });
        const streamed = await anthropic().messages.stream(claude).finalMessage();
        t.has(streamed.content[0], { text: 'This is a canned reply.' });
        return anthropic().messages.stream({ ...claude, tools: [{ name: 'get_weather',
          input_schema: { type: 'object', properties: { city: { type: 'string' } } } }],
        messages: [{ role: 'user', content: 'the weather?' }] }).finalMessage();
      },
      check: (r, t) => {
        t.equal(r.stop_reason, 'tool_use');
        t.has(r.content.at(-1), { name: 'get_weather', input: { city: 'Paris' } });
      } },
    { route: 'messages', does: 'stream in pieces, by Anthropic\'s SDK',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, () => anthropic().messages.create({ ...claude, stream: true }));
      } },
    { route: 'messages', does: 'refused, by Anthropic\'s SDK',
      call: async (c, t) => {
        await t.fails(() => anthropic().messages.create({ ...claude, model: 'a/none' }),
          Anthropic.APIError, { status: (s) => s === 400 || s === 404 });
        await t.fails(() => anthropic().messages.create({ ...claude, messages: undefined }),
          Anthropic.BadRequestError, { status: 400 });
      } },
    { route: 'embeddings.generate', does: 'vectors',
      call: (c) => c.embeddings.generate({ requestBody: {
        model: 'openai/text-embedding-3-small', input: ['a', 'b'] } }),
      check: (r, t) => t.equal(r.data.map((one) => one.embedding.length > 0), [true, true]) },
    { route: 'embeddings.listModels', does: 'list',
      call: (c) => pages(c.embeddings.listModels()),
      check: (models, t) => t.ok(models.length > 0) },
    { route: 'chat.send', scenario: 'successful_conversation', does: 'three turns',
      call: async (c, t) => {
        const messages = [];
        for (const content of ['Hello', 'What can you do?', 'Thank you']) {
          messages.push({ role: 'user', content });
          const answer = await c.chat.send({ chatRequest: { model, messages } });
          t.ok(answer.choices[0].message.content.length > 0);
          messages.push({ role: 'assistant', content: answer.choices[0].message.content });
        }
      } },
    { route: 'chat.send', scenario: 'tool_usage', does: 'calls what is offered',
      call: (c) => c.chat.send({ chatRequest: { model, tools: [tool], messages } }),
      check: (r, t) => t.equal(r.choices[0].message.toolCalls[0].function.name, 'get_weather') },
    { route: 'chat.send', scenario: 'tool_usage', does: 'tells what it was told',
      call: async (c) => {
        const { message } = (await c.chat.send({ chatRequest: { model, tools: [tool],
          messages } })).choices[0];
        return c.chat.send({ chatRequest: { model, tools: [tool], messages: [...messages,
          message, ...message.toolCalls.map(({ id }) => (
            { role: 'tool', toolCallId: id, content: 'sunny' }))] } });
      },
      check: (r, t) => {
        t.equal(r.choices[0].finishReason, 'stop');
        t.ok(r.choices[0].message.content.length > 0);
      } },
    { route: 'chat.send', scenario: 'smart', does: 'sums',
      call: (c) => c.chat.send({ chatRequest: { model,
        messages: [{ role: 'user', content: 'What is 17 + 25?' }] } }),
      check: (r, t) => t.match(r.choices[0].message.content, /42/) },
    { route: 'chat.send', scenario: 'slow', by: ['slow', 'chat.send'],
      does: 'a stream, word by word',
      call: (c, t) => t.paced(t.session, () => c.chat.send(streamed)) },
    { route: 'chat.send', scenario: 'rate_limited', by: ['rate_limited'],
      does: '429, then again',
      call: async (c, t) => {
        let error;
        for (let i = 0; i < 200 && !error; i++)
          await c.chat.send(chat, once).catch((caught) => { error = caught; });
        t.ok(error instanceof errors.TooManyRequestsResponseError);
        await t.session.advance('1m');
        return c.chat.send(chat, once);
      } },
    { route: 'chat.send', scenario: 'api_errors', by: 'error', calls: classes.length,
      does: 'each its class',
      call: async (c, t) => {
        for (const [statusCode, type] of classes)
          await t.fails(() => c.chat.send(chat, once), type, { statusCode });
      } },
    { route: 'chat.send', scenario: 'no_credits', by: 'no credits', does: '402',
      call: (c) => c.chat.send(chat, once),
      throws: [errors.PaymentRequiredResponseError, { statusCode: 402 }] },
    { route: 'chat.send', scenario: 'moderation', by: 'moderation', does: '403',
      call: (c) => c.chat.send(chat, once),
      throws: [errors.ForbiddenResponseError, { statusCode: 403 }] },
    { route: 'chat.send', scenario: 'flaky', by: ['flaky', 'chat.send'], calls: 3,
      does: 'two retries',
      call: (c) => c.chat.send(chat, quick),
      check: (r, t) => t.equal(r.choices[0].finishReason, 'stop') },
    { route: 'chat.send', scenario: 'timeouts', by: ['timeouts', 'chat.send'],
      does: 'two timeouts',
      call: async (c, t) => {
        await t.timeOut(t.session, 'timeouts', 2,
          () => c.chat.send(chat, { ...once, timeoutMs: 500 }), errors.RequestTimeoutError);
        return c.chat.send(chat);
      } },
    { route: 'chat.send', scenario: 'malformed', by: 'malformed', does: 'broken JSON, a cut body',
      calls: 2, call: async (c, t) => {
        for (let i = 0; i < 2; i++) await t.fails(() => c.chat.send(chat, once), Error);
      } },
    { route: 'chat.send', scenario: 'malformed', by: 'malformed', does: 'a stream, broken, reset',
      calls: 4, call: async (c, t) => {
        for (let i = 0; i < 4; i++)
          await t.fails(() => t.all(c.chat.send(streamed, once)), Error);
      } },
    { route: 'completions', scenario: 'flaky', by: ['flaky', 'completions'], calls: 3,
      does: 'two retries, by openai\'s SDK',
      call: () => openai().completions.create(completion) },
    { route: 'messages', scenario: 'flaky', by: ['flaky', 'messages'], calls: 3,
      does: 'two retries, by Anthropic\'s SDK',
      call: () => anthropic().messages.create(claude) },
    { route: 'chat.send', scenario: 'flaky', by: 'flaky', calls: 1, does: 'none, if none are asked for',
      call: (c) => c.chat.send(chat, once),
      throws: [errors.TooManyRequestsResponseError, { statusCode: 429 }] },
    { route: 'chat.send', scenario: 'smart', does: 'names',
      call: (c) => c.chat.send({ chatRequest: { model, messages: [
        { role: 'user', content: 'My name is Ada.' }, { role: 'assistant', content: 'Hello.' },
        { role: 'user', content: 'What is my name?' }] } }),
      check: (r, t) => t.match(r.choices[0].message.content, /Ada/) },
    { route: 'models.list', scenario: 'outage', by: 'outage', does: 'gives up when it is told to',
      call: (c) => c.models.list({}, { retryCodes: ['5XX'], retries: { strategy: 'backoff',
        backoff: { initialInterval: 1, maxInterval: 5, exponent: 1, maxElapsedTime: 200 } } }),
      throws: [errors.OpenRouterError, { statusCode: 503 }] },
    { route: 'chat.send', scenario: 'outage', by: 'outage', does: '503', calls: 1,
      call: (c) => c.chat.send(chat, once),
      throws: [errors.ServiceUnavailableResponseError, { statusCode: 503 }] },
  ],
};
