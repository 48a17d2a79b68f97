// Anthropic's SDK for JavaScript on the pack anthropic; run.mjs says how to
// read it.
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { errors, sweeps, ways } from './anthropic_ways.mjs';

const ask = (text) => [{ role: 'user', content: text }];
const model = 'claude-opus-4-5';
const message = { model, max_tokens: 64, messages: ask('hi') };
const slow = { replies: [{ text: 'one two three four', tps: 1 }] };

const weather = { name: 'get_weather', description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } },
    required: ['city'] } };
const batch = (c) => c.messages.batches.create({ requests: [
  { custom_id: 'a', params: message },
  { custom_id: 'b', params: { ...message, model: 'none' } }] });
const upload = async (c) => c.files.upload({
  file: await toFile(Buffer.from('hello'), 'a.txt', { type: 'text/plain' }) });
const once = { maxRetries: 0 };
const words = (r) => r.content.filter((block) => block.type === 'text')
  .map((block) => block.text).join('');

export default {
  pack: 'anthropic',
  sdk: '@anthropic-ai/sdk',
  open: () => new Anthropic({ apiKey: 'sk-ant-mock' }),
  ways, sweeps,
  checks: [
    { route: 'messages.create', by: 'unknown URL', does: 'at an unknown URL',
      call: (c) => c.post('/v1/messagez', { body: message }),
      throws: [Anthropic.NotFoundError, { status: 404, type: 'not_found_error', requestID: /^req_/ }] },
    { route: 'messages.create', by: 'wrong method', does: 'with another method',
      call: (c) => c.put('/v1/messages', { body: message }),
      throws: [Anthropic.APIError, { status: 405, type: 'invalid_request_error' }] },
    { route: 'models.list', does: 'list',
      call: (c, t) => t.all(c.models.list()),
      check: (models, t) => {
        t.ok(models.length > 0);
        for (const m of models)
          t.typed(m, { id: 'string', type: 'string', display_name: 'string',
            created_at: 'string' });
      } },
    { route: 'models.retrieve', does: 'one',
      call: (c) => c.models.retrieve(model),
      check: (m, t) => t.has(m, { id: model, type: 'model' }) },
    { route: 'models.retrieve', does: 'unknown',
      call: (c) => c.models.retrieve('none'),
      throws: [Anthropic.NotFoundError, { status: 404 }] },
    { route: 'models.list', by: 'unauthenticated', does: 'invalid key',
      call: () => new Anthropic({ apiKey: 'invalid' }).models.list(),
      throws: [Anthropic.AuthenticationError, { status: 401 }] },
    { route: 'models.list', by: 'unauthenticated: no key', does: 'no key', calls: 1,
      call: () => new Anthropic({ apiKey: null, authToken: null, defaultHeaders: {
        authorization: null } }).models.list(),
      throws: [Anthropic.AuthenticationError, { status: 401 }] },
    { route: 'models.list', by: 'unversioned', does: 'no version',
      call: (c) => c.models.list({}, { headers: { 'anthropic-version': null } }),
      throws: [Anthropic.BadRequestError, { message: /anthropic-version/ }] },
    { route: 'models.list', does: 'by the key\'s older header',
      call: () => new Anthropic({ apiKey: null, authToken: null, defaultHeaders: {
        authorization: null, 'x-api-key': 'sk-ant-mock' } }).models.list(),
      check: (page, t) => t.ok(page.data.length > 0) },
    { route: 'messages.count_tokens', does: 'count',
      call: (c) => c.messages.countTokens({ model, messages: ask('hi there') }),
      check: (r, t) => t.ok(r.input_tokens > 0) },
    { route: 'messages.create', does: 'text',
      call: (c) => c.messages.create(message),
      check: (r, t) => {
        t.has(r, { type: 'message', role: 'assistant', stop_reason: 'end_turn',
          stop_sequence: null, _request_id: /^req_/ });
        t.has(r.content[0], { type: 'text', text: 'This is a canned reply.' });
        t.typed(r, { id: 'string', model: 'string',
          usage: { input_tokens: 'number', output_tokens: 'number' } });
      } },
    { route: 'messages.create', does: 'stream',
      call: (c) => c.messages.stream(message).finalMessage(),
      check: (r, t) => {
        t.has(r, { stop_reason: 'end_turn' });
        t.equal(r.content[0].text, 'This is a canned reply.');
      } },
    { route: 'messages.create', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session,
          () => c.messages.create({ ...message, stream: true }));
      } },
    { route: 'messages.create', does: 'refused',
      call: async (c, t) => {
        const without = (key) => () =>
          c.messages.create({ ...message, [key]: undefined });
        for (const key of ['model', 'max_tokens', 'messages'])
          await t.fails(without(key), Anthropic.BadRequestError,
            { status: 400, type: 'invalid_request_error' });
        await t.fails(() => c.messages.create({ ...message, model: 'none' }),
          Anthropic.NotFoundError, { type: 'not_found_error' });
      } },
    { route: 'messages.create', does: 'tools, and their result',
      call: async (c, t) => {
        await t.session.rules({ replies: [
          { prompt: '~weather', tool_calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] },
          { tool_result: '~sunny', text: 'It is sunny.' }] });
        const messages = ask('the weather?');
        const first = await c.messages.create({ ...message, messages, tools: [weather] });
        t.equal(first.stop_reason, 'tool_use');
        const use = first.content.find((block) => block.type === 'tool_use');
        t.has(use, { id: /^toolu_/, name: 'get_weather', input: { city: 'Paris' } });
        messages.push({ role: 'assistant', content: first.content }, { role: 'user',
          content: [{ type: 'tool_result', tool_use_id: use.id, content: 'sunny' }] });
        return c.messages.create({ ...message, messages, tools: [weather] });
      },
      check: (r, t) => t.equal(words(r), 'It is sunny.') },
    { route: 'messages.create', does: 'tools, by the tool runner',
      call: async (c, t) => {
        await t.session.rules({ replies: [
          { tool_result: '~sunny', text: 'It is sunny.' },
          { prompt: '~weather', tool_calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] }] });
        return c.beta.messages.toolRunner({ ...message, messages: ask('the weather?'),
          tools: [{ ...weather, run: ({ city }) => `sunny in ${city}`, parse: (input) => input }] });
      },
      check: (r, t) => t.equal(words(r), 'It is sunny.') },
    { route: 'messages.create', does: 'a thread that is held',
      call: async (c, t) => {
        await t.session.rules({ replies: [{ prompt: '~name\\?',
          history: '~I am (?<name>\\w+)', text: '{{ m.name }}' }] });
        const thread = c.beta.messages.thread({ model: message.model, max_tokens: 100 });
        await thread.send({ role: 'user', content: 'I am Ada' });
        return thread.send({ role: 'user', content: 'My name?' });
      },
      check: (r, t) => t.equal(words(r), 'Ada') },
    { route: 'messages.create', does: 'a thread that is not there',
      call: (c) => c.beta.messages.create({ ...message,
        thread: { type: 'continue', previous_message_id: 'msg_none' } }),
      throws: [Anthropic.NotFoundError] },
    { route: 'messages.create', does: 'tool_choice, streamed by the helper',
      call: (c) => c.messages.stream({ ...message, tools: [weather],
        tool_choice: { type: 'tool', name: 'get_weather' } }).finalMessage(),
      check: (r, t) => {
        t.equal(r.stop_reason, 'tool_use');
        t.typed(r.content.find((block) => block.type === 'tool_use').input, { city: 'string' });
      } },
    { route: 'messages.create', does: 'thinking',
      call: (c) => c.messages.stream({ ...message, max_tokens: 2048,
        thinking: { type: 'enabled', budget_tokens: 1024 } }).finalMessage(),
      check: (r, t) => {
        t.has(r.content[0], { type: 'thinking', signature: (s) => s.length > 0 });
        t.equal(words(r), 'This is a canned reply.');
      } },
    { route: 'messages.create', does: 'an error in the stream',
      call: async (c, t) => {
        await t.session.rules({ replies: [{ text: 'one two three', error: {
          status: 529, type: 'overloaded_error', message: 'Overloaded', after: 1 } }] });
        return c.messages.stream(message).finalMessage();
      },
      throws: [Anthropic.APIError] },
    { route: 'messages.create', does: 'cache, by its usage',
      call: async (c, t) => {
        const cached = { ...message, system: [{ type: 'text', text: 'Be brief. '.repeat(50),
          cache_control: { type: 'ephemeral' } }] };
        const first = await c.messages.create(cached);
        t.ok(first.usage.cache_creation_input_tokens > 0);
        return c.messages.create(cached);
      },
      check: (r, t) => t.ok(r.usage.cache_read_input_tokens > 0) },

    { route: 'messages.batches.create', does: 'ended, with results',
      by: ['messages.batches.create', 'messages.batches.retrieve', 'messages.batches.results'],
      call: async (c, t) => {
        const made = await batch(c);
        t.has(made, { type: 'message_batch', id: /^msgbatch_/, processing_status: 'in_progress',
          results_url: null, request_counts: { processing: 2, succeeded: 0 } });
        await t.session.advance('6s');
        t.has(await c.messages.batches.retrieve(made.id), { processing_status: 'ended',
          request_counts: { processing: 0, succeeded: 1, errored: 1 } });
        return t.all(c.messages.batches.results(made.id));
      },
      check: (results, t) => {
        t.equal(results.map((r) => [r.custom_id, r.result.type]).sort(),
          [['a', 'succeeded'], ['b', 'errored']]);
        t.equal(words(results.find((r) => r.custom_id === 'a').result.message),
          'This is a canned reply.');
      } },
    { route: 'messages.batches.list', does: 'by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await batch(c);
        return t.all(c.messages.batches.list({ limit: 2 }));
      },
      check: (all, t) => t.equal(all.length, 3) },
    { route: 'messages.batches.cancel', does: 'cancel',
      call: async (c, t) => {
        const made = await batch(c);
        t.equal((await c.messages.batches.cancel(made.id)).processing_status, 'canceling');
        await t.session.advance('2s');
        return c.messages.batches.retrieve(made.id);
      },
      check: (b, t) => t.equal(b.processing_status, 'ended') },
    { route: 'messages.batches.delete', does: 'delete',
      call: async (c, t) => {
        const made = await batch(c);
        await t.session.advance('10s');
        t.has(await c.messages.batches.delete(made.id), { id: made.id,
          type: 'message_batch_deleted' });
        await t.fails(() => c.messages.batches.retrieve(made.id), Anthropic.NotFoundError);
      } },
    { route: 'files.upload', does: 'upload',
      call: (c) => upload(c),
      check: (f, t) => {
        t.has(f, { type: 'file', filename: 'a.txt', mime_type: 'text/plain', size_bytes: 5 });
        t.typed(f, { id: 'string', created_at: 'string' });
      } },
    { route: 'files.list', does: 'by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await upload(c);
        return t.all(c.files.list({ limit: 2 }));
      },
      check: (all, t) => t.equal(all.length, 3) },
    { route: 'files.retrieveMetadata', does: 'one, and none',
      call: async (c, t) => {
        const { id } = await upload(c);
        await t.fails(() => c.files.retrieveMetadata('file_none'), Anthropic.NotFoundError);
        return c.files.retrieveMetadata(id);
      },
      check: (f, t) => t.equal(f.filename, 'a.txt') },
    { route: 'files.download', does: 'what may not be',
      by: ['files.upload', 'files.download'],
      call: async (c) => c.files.download((await upload(c)).id),
      throws: [Anthropic.APIError] },
    { route: 'files.delete', does: 'delete',
      call: async (c, t) => {
        const { id } = await upload(c);
        t.has(await c.files.delete(id), { id, type: 'file_deleted' });
        await t.fails(() => c.files.retrieveMetadata(id), Anthropic.NotFoundError);
      } },

    { route: 'messages.create', scenario: 'successful_conversation', does: 'three turns',
      call: async (c) => {
        const messages = [];
        for (const content of ['Hello', 'What can you do?', 'Thank you']) {
          messages.push({ role: 'user', content });
          const answer = await c.messages.create({ ...message, messages });
          messages.push({ role: 'assistant', content: answer.content });
        }
        return messages;
      },
      check: (messages, t) => t.ok(messages.filter((m) => m.role === 'assistant')
        .every((m) => m.content[0].text.length > 0)) },
    { route: 'messages.create', scenario: 'tool_usage', does: 'calls what is offered',
      call: (c) => c.messages.create({ ...message, tools: [weather] }),
      check: (r, t) => {
        t.equal(r.stop_reason, 'tool_use');
        t.typed(r.content.find((block) => block.type === 'tool_use').input, { city: 'string' });
      } },
    { route: 'messages.create', scenario: 'tool_usage', does: 'tells what it was told',
      call: async (c) => {
        const { content } = await c.messages.create({ ...message, tools: [weather] });
        const { id } = content.find((block) => block.type === 'tool_use');
        return c.messages.create({ ...message, tools: [weather], messages: [...ask('hi'),
          { role: 'assistant', content }, { role: 'user', content: [
            { type: 'tool_result', tool_use_id: id, content: 'sunny' }] }] });
      },
      check: (r, t) => {
        t.equal(r.stop_reason, 'end_turn');
        t.ok(words(r).length > 0);
      } },
    { route: 'messages.create', scenario: 'smart', does: 'sums',
      call: (c) => c.messages.create({ ...message, messages: ask('What is 17 + 25?') }),
      check: (r, t) => t.match(words(r), /42/) },
    { route: 'messages.create', scenario: 'smart', does: 'names',
      call: (c) => c.messages.create({ ...message, messages: [...ask('My name is Ada.'),
        { role: 'assistant', content: 'Hello.' }, ...ask('What is my name?')] }),
      check: (r, t) => t.match(words(r), /Ada/) },
    { route: 'messages.create', scenario: 'rate_limited', by: ['rate_limited', 'messages.create'],
      does: 'five at once, then 429, then again', calls: 7,
      call: async (c, t) => {
        for (let i = 0; i < 5; i++) await c.messages.create(message);
        const error = await t.fails(() => c.messages.create(message, once),
          Anthropic.RateLimitError, { status: 429 });
        t.ok(Number(error.headers.get('retry-after')) > 0);
        t.equal(error.headers.get('anthropic-ratelimit-requests-remaining'), '0');
        await t.session.advance('1s');
        return c.messages.create(message, once);
      } },
    { route: 'messages.create', scenario: 'spend_limit', by: 'spend_limit', does: '429',
      calls: 1, call: (c) => c.messages.create(message),
      throws: [Anthropic.RateLimitError, { status: 429 }] },
    { route: 'messages.create', scenario: 'timeouts', by: ['timeouts', 'messages.create'],
      does: 'two timeouts',
      call: async (c, t) => {
        await t.timeOut(t.session, 'timeouts', 2, () => c.messages.create(message,
          { ...once, timeout: 500 }), Anthropic.APIConnectionTimeoutError);
        return c.messages.create(message);
      } },
    { route: 'messages.create', scenario: 'timeouts', does: 'tried again by itself',
      by: ['timeouts', 'messages.create'],
      // More than the two that it takes, for a machine that is late itself.
      call: (c) => c.messages.create(message, { timeout: 700, maxRetries: 20 }),
      check: async (r, t) => {
        t.equal(r.stop_reason, 'end_turn');
        t.equal((await t.session.calls()).filter((call) => call.rule === 'timeouts').length, 2);
      } },
    { route: 'messages.create', scenario: 'slow', by: ['slow', 'messages.create'],
      does: 'a stream, word by word',
      call: (c, t) => t.paced(t.session, () => c.messages.create({ ...message, stream: true })) },
    { route: 'messages.create', scenario: 'malformed', by: 'malformed', does: 'broken JSON, a cut body',
      calls: 2, call: async (c, t) => {
        for (let i = 0; i < 2; i++)
          await t.fails(() => c.messages.create(message, once), Error);
      } },
    { route: 'messages.create', scenario: 'malformed', by: 'malformed', calls: 4,
      does: 'a stream, broken, reset',
      call: async (c, t) => {
        await t.session.resume();
        for (let i = 0; i < 4; i++)
          await t.fails(() => c.messages.stream(message, once).finalMessage(), Error);
      } },
    { route: 'messages.create', scenario: 'flaky', by: 'flaky', calls: 1,
      does: 'none, if none are allowed',
      call: (c) => c.messages.create(message, once),
      throws: [Anthropic.RateLimitError, { status: 429, type: 'rate_limit_error' }] },
    { route: 'messages.create', scenario: 'flaky', by: ['flaky', 'messages.create'], calls: 3,
      does: 'a stream, after two retries',
      call: (c) => c.messages.stream(message).finalMessage(),
      check: (r, t) => t.equal(words(r), 'This is a canned reply.') },
    { route: 'messages.create', scenario: 'api_errors', by: 'error', calls: errors.length,
      does: 'a stream: each its class',
      call: async (c, t) => {
        for (const [status, type] of errors)
          await t.fails(() => c.messages.create({ ...message, stream: true }, once), type,
            { status, requestID: /^req_/ });
      } },
    { route: 'messages.create', scenario: 'smart', does: 'counting, code',
      call: async (c, t) => {
        const tell = async (text) => words(await c.messages.create({ ...message, max_tokens: 512,
          messages: ask(text) }));
        t.match(await tell('Count to 5'), /1.*2.*3.*4.*5/s);
        t.match(await tell('Write a Python function that adds two numbers'), /def |```/);
      } },
    { route: 'messages.create', scenario: 'api_errors', by: 'error',
      does: 'each its class', calls: errors.length,
      call: async (c, t) => {
        for (const [status, type] of errors)
          await t.fails(() => c.messages.create(message, { maxRetries: 0 }),
            type, { status });
      } },
    { route: 'messages.create', scenario: 'flaky', calls: 3,
      by: ['flaky', 'messages.create'], does: 'two retries',
      call: (c) => c.messages.create(message),
      check: (r, t) => t.equal(r.stop_reason, 'end_turn') },
    { route: 'models.list', scenario: 'outage', by: 'outage', calls: 3,
      does: 'gives up after two retries',
      call: (c) => c.models.list(),
      throws: [Anthropic.InternalServerError, { status: 529 }] },
  ],
};
