// Rows of openai.mjs: what goes wrong in each scenario, and what is refused.
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const ask = (text) => [{ role: 'user', content: text }];
const chat = { model: 'gpt-4o', messages: ask('hi') };
const response = { model: 'gpt-4.1', input: 'hi' };
const once = { maxRetries: 0 };
const streamed = { ...chat, stream: true };

// A connection that is not to come about, or not to last: what is told of it.
async function refusedRealtime(client, props) {
  const rt = new OpenAIRealtimeWS(props, client);
  const told = {};
  rt.on('error', (error) => { told.error = error; });
  const closed = new Promise((resolve) => rt.socket.on('close', (code, reason) =>
    resolve({ code, reason: String(reason) })));
  return { ...told, ...await closed, error: told.error };
}
// Without its parameter for the model, which the SDK itself always sends.
const bare = { model: 'x', options: { finishRequest: (request) => {
  request.path = '/v1/realtime';
  request.end();
} } };

export default [
  { route: 'models.list', by: 'unauthenticated', does: 'no key', calls: 1,
    call: () => new OpenAI({ apiKey: 'none', defaultHeaders: { Authorization: null } })
      .models.list(),
    throws: [OpenAI.AuthenticationError, { status: 401, message: /provide an API key/ }] },
  ...[[null, 'no beta'], ['assistants=v1', 'old beta']].map(([beta, way]) => ({
    route: 'assistants.list', by: `assistants: ${way}`, does: way,
    call: (c) => c.beta.assistants.list({}, { headers: { 'OpenAI-Beta': beta } }),
    throws: [OpenAI.BadRequestError, { code: 'invalid_beta' }] })),
  { route: 'chat.completions.create', by: 'wrong method', does: 'with another method',
    call: (c) => c.put('/chat/completions', { body: chat }),
    throws: [OpenAI.APIError, { status: 405, code: 'method_not_supported' }] },
  { route: 'models.list', by: 'unknown URL', does: 'at an unknown URL',
    call: (c) => c.get('/engines'),
    throws: [OpenAI.NotFoundError, { message: /Invalid URL \(GET \/v1\/engines\)/ }] },
  { route: 'images.generate', by: ['images.generate', 'image: none'],
    does: 'a URL that is wrong',
    call: async (c) => {
      const { data } = await c.images.generate({ model: 'dall-e-3', prompt: 'a cat' });
      return c.get(new URL('/none.png', data[0].url).href);
    },
    throws: [OpenAI.NotFoundError] },

  { route: 'realtime.sessions.create', does: 'by post, which the SDK has not',
    call: (c) => c.post('/realtime/sessions', { body: {
      model: 'gpt-4o-realtime-preview', voice: 'verse' } }),
    check: (s, t) => {
      t.has(s, { object: 'realtime.session', model: 'gpt-4o-realtime-preview', id: /^sess_/,
        voice: 'verse', input_audio_format: 'pcm16', max_response_output_tokens: 'inf' });
      t.equal(s.modalities, ['text', 'audio']);
      t.has(s.client_secret, { value: /^ek_/ });
      t.typed(s.client_secret, { expires_at: 'number' });
    } },
  { route: 'realtime.connect', by: 'realtime.connect: not asked for a WebSocket',
    does: 'without a WebSocket',
    call: (c) => c.get('/realtime', { query: { model: 'gpt-realtime' } }),
    throws: [OpenAI.BadRequestError] },
  { route: 'realtime.connect', by: 'realtime.connect: no key', does: 'no key',
    call: (c) => refusedRealtime(c, { model: 'gpt-realtime', options: {
      finishRequest: (request) => {
        request.removeHeader('authorization');
        request.end();
      } } }),
    check: (end, t) => t.match(end.error.message, /401/) },
  { route: 'realtime.connect', by: 'realtime.connect: invalid key', does: 'invalid key',
    call: () => refusedRealtime(new OpenAI({ apiKey: 'sk-invalid' }), { model: 'gpt-realtime' }),
    check: (end, t) => t.match(end.error.message, /401/) },
  { route: 'realtime.connect', by: 'realtime.connect: unknown model', does: 'unknown model',
    call: (c) => refusedRealtime(c, { model: 'gpt-none' }),
    check: (end, t) => {
      t.has(end.error.error, { code: 'model_not_found', type: 'invalid_request_error' });
      t.has(end, { code: 4000, reason: 'invalid_request_error.model_not_found' });
    } },
  { route: 'realtime.connect', by: 'realtime.connect: no model', does: 'no model',
    call: (c) => refusedRealtime(c, bare),
    check: (end, t) => {
      t.has(end.error.error, { code: 'missing_model' });
      t.has(end, { code: 4000 });
    } },

  { route: 'chat.completions.create', scenario: 'malformed', by: 'malformed: stream', calls: 5,
    does: 'a stream: broken JSON, cut, reset, garbage, corrupt',
    call: async (c, t) => {
      const ends = [];
      for (let i = 0; i < 5; i++) {
        await t.session.resume();
        ends.push(await t.ending(() => c.chat.completions.create(streamed, once)));
      }
      return ends;
    },
    check: ([broken, cut, reset, garbage], t) => {
      t.ok(broken.error instanceof SyntaxError);
      for (const end of [cut, reset]) {
        t.ok(end.error instanceof Error && end.chunks.length <= 2);
        t.ok(!end.chunks.some((chunk) => chunk.choices[0]?.finish_reason));
      }
      t.ok(garbage.error instanceof Error);
    } },
  { route: 'chat.completions.create', scenario: 'malformed', by: 'malformed', calls: 5,
    does: 'broken JSON, cut, HTML, nothing, a broken chunk',
    call: async (c, t) => {
      const seen = [];
      for (let i = 0; i < 5; i++)
        seen.push(await c.chat.completions.create(chat, once).catch((error) => error));
      return seen;
    },
    check: ([broken, cut, html, nothing, chunk], t) => {
      for (const error of [broken, cut, chunk]) t.ok(error instanceof Error, String(error));
      t.equal(typeof html, 'string');
      t.ok(nothing instanceof Error || nothing === undefined || nothing === '');
    } },
  { route: 'models.list', scenario: 'disconnects', by: ['disconnects', 'models.list'],
    does: 'broken once, tried again', calls: 2,
    call: (c, t) => t.all(c.models.list()),
    check: (models, t) => t.ok(models.length > 0) },
  { route: 'chat.completions.create', scenario: 'disconnects', by: 'disconnects', calls: 1,
    does: 'its class, if not tried again',
    call: (c) => c.chat.completions.create(chat, once),
    throws: [OpenAI.APIConnectionError] },

  { route: 'responses.create', scenario: 'api_errors', by: 'error', does: 'a stream: each its status',
    calls: 10,
    call: async (c, t) => {
      for (const status of [400, 401, 403, 404, 409, 422, 429, 500, 503, 529])
        await t.fails(() => c.responses.create({ ...response, stream: true }, once),
          OpenAI.APIError, { status, requestID: /^req_/ });
    } },
  { route: 'responses.create', scenario: 'flaky', by: ['flaky', 'responses.create'], calls: 3,
    does: 'a stream, after two retries',
    call: (c, t) => t.all(c.responses.create({ ...response, stream: true })),
    check: (events, t) => t.equal(events.at(-1).type, 'response.completed') },
  { route: 'chat.completions.create', scenario: 'flaky', by: 'flaky', calls: 1,
    does: 'none, if none are allowed',
    call: (c) => c.chat.completions.create(chat, once),
    throws: [OpenAI.RateLimitError, { status: 429, code: 'rate_limit_exceeded' }] },
  { route: 'responses.create', scenario: 'slow', by: ['slow', 'responses.create'],
    does: 'a stream, word by word',
    call: (c, t) => t.paced(t.session, () => c.responses.create({ ...response, stream: true })) },
  { route: 'chat.completions.create', scenario: 'timeouts', does: 'tried again by itself',
    by: ['timeouts', 'chat.completions.create'],
    // More than the two that it takes, for a machine that is late itself.
    call: (c) => c.chat.completions.create(chat, { timeout: 700, maxRetries: 20 }),
    check: async (r, t) => {
      t.equal(r.choices[0].finish_reason, 'stop');
      t.equal((await t.session.calls()).filter((call) => call.rule === 'timeouts').length, 2);
    } },
  { route: 'models.list', scenario: 'slow', by: ['slow', 'models.list'],
    does: 'waits as long as it takes',
    call: async (c, t) => {
      await t.session.resume();
      return t.all(c.models.list());
    },
    check: (models, t) => t.ok(models.length > 0) },
  { route: 'responses.create', scenario: 'tool_usage', does: 'calls what is offered, then tells',
    call: async (c, t) => {
      const tools = [{ type: 'function', strict: false, name: 'get_weather', parameters: {
        type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }];
      const first = await c.responses.create({ ...response, tools });
      const use = first.output.find((item) => item.type === 'function_call');
      t.typed(JSON.parse(use.arguments), { city: 'string' });
      return c.responses.create({ ...response, tools, previous_response_id: first.id,
        input: [{ type: 'function_call_output', call_id: use.call_id, output: 'sunny' }] });
    },
    check: (r, t) => t.ok(r.output_text.length > 0) },
  { route: 'responses.create', scenario: 'successful_conversation', does: 'three turns',
    call: async (c, t) => {
      let previous_response_id = null;
      for (const input of ['Hello', 'What can you do?', 'Thank you']) {
        const answer = await c.responses.create({ ...response, input, previous_response_id });
        t.ok(answer.output_text.length > 0);
        previous_response_id = answer.id;
      }
    } },
  { route: 'chat.completions.create', scenario: 'smart', does: 'counting, code, names',
    call: async (c, t) => {
      const tell = async (messages) =>
        (await c.chat.completions.create({ ...chat, messages })).choices[0].message.content;
      t.match(await tell(ask('Count to 5')), /1.*2.*3.*4.*5/s);
      t.match(await tell(ask('Write a Python function that adds two numbers')), /def |```/);
      return tell([...ask('My name is Ada.'), { role: 'assistant', content: 'Hello.' },
        ...ask('What is my name?')]);
    },
    check: (text, t) => t.match(text, /Ada/) },
];
