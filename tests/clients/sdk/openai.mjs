// OpenAI's SDK for JavaScript on the pack openai; run.mjs says how to read it.
import OpenAI, { toFile } from 'openai';

const ask = (text) => [{ role: 'user', content: text }];
const model = 'gpt-4o';
const chat = { model, messages: ask('hi') };

// What a model says, a word a second of the session's.
const slow = { replies: [{ text: 'one two three four', tps: 1 }] };

// The ten errors of api_errors, each as the SDK's own class.
const errors = [
  [400, OpenAI.BadRequestError], [401, OpenAI.AuthenticationError],
  [403, OpenAI.PermissionDeniedError], [404, OpenAI.NotFoundError],
  [409, OpenAI.ConflictError], [422, OpenAI.UnprocessableEntityError],
  [429, OpenAI.RateLimitError], [500, OpenAI.InternalServerError],
  [503, OpenAI.InternalServerError], [529, OpenAI.InternalServerError],
];

const usage = { prompt_tokens: 'number', completion_tokens: 'number',
  total_tokens: 'number' };

export default {
  pack: 'openai',
  sdk: 'openai',
  open: () => new OpenAI({ apiKey: 'sk-mock' }),
  checks: [
    { route: 'models.list', does: 'list',
      call: (c, t) => t.all(c.models.list()),
      check: (models, t) => {
        t.ok(models.some((m) => m.id === model));
        for (const m of models)
          t.typed(m, { id: 'string', object: 'string', created: 'number', owned_by: 'string' });
      } },
    { route: 'models.retrieve', does: 'one',
      call: (c) => c.models.retrieve(model),
      check: (m, t) => t.has(m, { id: model, object: 'model' }) },
    { route: 'models.retrieve', does: 'unknown',
      call: (c) => c.models.retrieve('none'),
      throws: [OpenAI.NotFoundError, { status: 404, code: 'model_not_found' }] },
    { route: 'models.delete', does: 'delete',
      call: (c) => c.models.delete('ft:gpt-4o:mock::1'),
      check: (m, t) => t.has(m, { deleted: true }) },
    { route: 'models.list', by: 'unauthenticated', does: 'invalid key',
      call: () => new OpenAI({ apiKey: 'sk-invalid' }).models.list(),
      throws: [OpenAI.AuthenticationError, { code: 'invalid_api_key' }] },

    { route: 'chat.completions.create', does: 'text',
      call: (c) => c.chat.completions.create(chat),
      check: (r, t) => {
        t.typed(r, { id: 'string', created: 'number', model: 'string',
          choices: 'array', usage });
        t.has(r, { object: 'chat.completion', _request_id: /^req_/ });
        t.has(r.choices[0], { index: 0, finish_reason: 'stop', logprobs: null });
        t.has(r.choices[0].message, { role: 'assistant', refusal: null,
          content: 'This is a canned reply.' });
      } },
    { route: 'chat.completions.create', does: 'n > 1, logprobs',
      call: (c) => c.chat.completions.create({ ...chat, n: 2, logprobs: true }),
      check: (r, t) => {
        t.equal(r.choices.map((choice) => choice.index), [0, 1]);
        t.typed(r.choices[1].logprobs.content[0],
          { token: 'string', logprob: 'number', bytes: 'array?', top_logprobs: 'array' });
      } },
    { route: 'chat.completions.create', does: 'stream',
      call: (c, t) => t.all(c.chat.completions.create({ ...chat, stream: true,
        stream_options: { include_usage: true } })),
      check: (chunks, t) => {
        t.equal(chunks.map((k) => k.choices[0]?.delta?.content ?? '').join(''),
          'This is a canned reply.');
        t.typed(chunks.at(-1), { usage });
      } },
    { route: 'chat.completions.create', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session,
          () => c.chat.completions.create({ ...chat, stream: true }));
      } },
    { route: 'chat.completions.create', does: 'refused',
      call: async (c, t) => {
        const create = (body) => () => c.chat.completions.create(body);
        const bad = [OpenAI.BadRequestError, { status: 400 }];
        await t.fails(create({ messages: ask('x') }), ...bad);
        await t.fails(create({ model }), ...bad);
        await t.fails(create({ model, messages: [] }), ...bad);
        await t.fails(create({ model, messages: 'x' }), ...bad);
        await t.fails(create({ model: 'none', messages: ask('x') }),
          OpenAI.NotFoundError, { code: 'model_not_found' });
      } },
    { route: 'chat.completions.create', scenario: 'api_errors', by: 'error',
      does: 'each its class', calls: errors.length,
      call: async (c, t) => {
        for (const [status, type] of errors)
          await t.fails(() => c.chat.completions.create(chat,
            { maxRetries: 0 }), type, { status });
      } },
    { route: 'chat.completions.create', scenario: 'flaky', calls: 3,
      by: ['flaky', 'chat.completions.create'], does: 'two retries',
      call: (c) => c.chat.completions.create(chat),
      check: (r, t) => t.equal(r.choices[0].finish_reason, 'stop') },
    { route: 'models.list', scenario: 'outage', by: 'outage', calls: 3,
      does: 'gives up after two retries',
      call: (c) => c.models.list(),
      throws: [OpenAI.InternalServerError, { status: 503 }] },
  ],
};
