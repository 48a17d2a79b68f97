// Anthropic's SDK for JavaScript on the pack anthropic; run.mjs says how to
// read it.
import Anthropic from '@anthropic-ai/sdk';

const ask = (text) => [{ role: 'user', content: text }];
const model = 'claude-sonnet-4-5';
const message = { model, max_tokens: 64, messages: ask('hi') };
const slow = { replies: [{ text: 'one two three four', tps: 1 }] };

const errors = [
  [400, Anthropic.BadRequestError], [401, Anthropic.AuthenticationError],
  [402, Anthropic.PaymentRequiredError],
  [403, Anthropic.PermissionDeniedError], [404, Anthropic.NotFoundError],
  [409, Anthropic.ConflictError], [413, Anthropic.ContentTooLargeError],
  [422, Anthropic.UnprocessableEntityError], [429, Anthropic.RateLimitError],
  [500, Anthropic.InternalServerError],
  [503, Anthropic.ServiceUnavailableError],
  [504, Anthropic.GatewayTimeoutError], [529, Anthropic.OverloadedError],
];

export default {
  pack: 'anthropic',
  sdk: '@anthropic-ai/sdk',
  open: () => new Anthropic({ apiKey: 'sk-ant-mock' }),
  checks: [
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
