// Of anthropic.mjs: the least that calls each route, and what each scenario does to
// them all. Their ids are those of nothing: a failure comes before anybody looks.
import Anthropic from '@anthropic-ai/sdk';

const model = 'claude-opus-4-5';
const message = { model, max_tokens: 64, messages: [{ role: 'user', content: 'hi' }] };

export const ways = {
  'messages.create': (c) => c.messages.create(message),
  'messages.count_tokens': (c) => c.messages.countTokens({ model, messages: message.messages }),
  'models.list': (c) => c.models.list(),
  'models.retrieve': (c) => c.models.retrieve(model),
  'messages.batches.create': (c) => c.messages.batches.create(
    { requests: [{ custom_id: 'a', params: message }] }),
  'messages.batches.list': (c) => c.messages.batches.list(),
  'messages.batches.cancel': (c) => c.messages.batches.cancel('msgbatch_0'),
  'messages.batches.retrieve': (c) => c.messages.batches.retrieve('msgbatch_0'),
  'messages.batches.delete': (c) => c.messages.batches.delete('msgbatch_0'),
  'messages.batches.results': (c) => c.get('/v1/messages/batches/msgbatch_0/results'),
  'files.download': (c) => c.files.download('file_0'),
  'files.upload': (c) => c.files.upload({ file: new File(['a'], 'a.txt') }),
  'files.list': (c) => c.files.list(),
  'files.retrieveMetadata': (c) => c.files.retrieveMetadata('file_0'),
  'files.delete': (c) => c.files.delete('file_0'),
};

export const errors = [
  [400, Anthropic.BadRequestError], [401, Anthropic.AuthenticationError],
  [402, Anthropic.PaymentRequiredError],
  [403, Anthropic.PermissionDeniedError], [404, Anthropic.NotFoundError],
  [409, Anthropic.ConflictError], [413, Anthropic.ContentTooLargeError],
  [422, Anthropic.UnprocessableEntityError], [429, Anthropic.RateLimitError],
  [500, Anthropic.InternalServerError],
  [503, Anthropic.ServiceUnavailableError],
  [504, Anthropic.GatewayTimeoutError], [529, Anthropic.OverloadedError],
];
const open = () => new Anthropic({ apiKey: 'sk-ant-mock', maxRetries: 0 });
const thrown = (status, type) => ({ error }, t) => {
  t.ok(error instanceof type, `${type.name} was to be thrown, not ${error}`);
  t.has(error, { status, requestID: /^req_/ });
};

export const sweeps = [
  { scenario: 'api_errors', by: 'error', does: 'one error after the other', calls: 1, open,
    ends: (end, t) => thrown(...errors[end.number % errors.length])(end, t) },
  { scenario: 'rate_limited', by: 'rate_limited', does: '429 when five have come', calls: 1, open,
    first: async (c) => { for (let i = 0; i < 5; i++) await c.models.list(); },
    ends: thrown(429, Anthropic.RateLimitError) },
  { scenario: 'flaky', by: ['flaky', '*'], does: 'two retries', calls: 3, anew: true,
    ends: ({ error }, t) => t.ok(!error || error instanceof Anthropic.NotFoundError,
      String(error)) },
  { scenario: 'slow', by: ['slow', '*'], does: 'waits as long as it takes', calls: 1,
    first: (c, t) => t.session.hurry(),
    ends: ({ error }, t) => t.ok(!error || error instanceof Anthropic.NotFoundError, String(error)) },
  { scenario: 'malformed', by: 'malformed', does: 'broken JSON', calls: 1, anew: true, open,
    without: ['files.download'],
    ends: ({ error }, t) => t.ok(error instanceof Error, String(error)) },
  { scenario: 'outage', by: 'outage', does: '529', calls: 1, open,
    ends: thrown(529, Anthropic.OverloadedError) },
];
