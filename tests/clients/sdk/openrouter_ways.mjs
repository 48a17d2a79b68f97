// Of openrouter.mjs: the least that calls each route, and what each scenario does to
// them all. Routes of other SDKs are in its checks.
import { OpenRouter } from '@openrouter/sdk';
import * as errors from '@openrouter/sdk/models/errors';

const model = 'openai/gpt-4o', messages = [{ role: 'user', content: 'hi' }];

export const ways = {
  'models.list': (c, o) => c.models.list(undefined, o),
  'models.listForUser': (c, o) => c.models.listForUser(
    { bearer: 'sk-or-v1-mock' }, undefined, o),
  'models.count': (c, o) => c.models.count(undefined, o),
  'models.get': (c, o) => c.models.get({ author: 'openai', slug: 'gpt-4o' }, o),
  'endpoints.list': (c, o) => c.endpoints.list({ author: 'openai', slug: 'gpt-4o' }, o),
  'endpoints.listZdrEndpoints': (c, o) => c.endpoints.listZdrEndpoints(undefined, o),
  'providers.list': (c, o) => c.providers.list(undefined, o),
  'generations.getGeneration': (c, o) => c.generations.getGeneration({ id: 'gen-0' }, o),
  'generations.listGenerationContent': (c, o) =>
    c.generations.listGenerationContent({ id: 'gen-0' }, o),
  'chat.send': (c, o) => c.chat.send({ chatRequest: { model, messages } }, o),
  'responses.send': (c, o) => c.responses.send({ responsesRequest: { model, input: 'hi' } }, o),
  'embeddings.generate': (c, o) => c.embeddings.generate({ requestBody: {
    model: 'openai/text-embedding-3-small', input: 'a' } }, o),
  'embeddings.listModels': (c, o) => c.embeddings.listModels(undefined, o),
  'apiKeys.getCurrentKeyMetadata': (c, o) => c.apiKeys.getCurrentKeyMetadata(undefined, o),
  'credits.getCredits': (c, o) => c.credits.getCredits(undefined, o),
  'apiKeys.create': (c, o) => c.apiKeys.create({ requestBody: { name: 'a' } }, o),
  'apiKeys.list': (c, o) => c.apiKeys.list(undefined, o),
  'apiKeys.get': (c, o) => c.apiKeys.get({ hash: '0' }, o),
  'apiKeys.update': (c, o) => c.apiKeys.update({ hash: '0', requestBody: { name: 'a' } }, o),
  'apiKeys.delete': (c, o) => c.apiKeys.delete({ hash: '0' }, o),
};
// What nobody pays for.
const free = Object.keys(ways).filter((route) =>
  !/^(chat|responses)\.|\.generate$/.test(route));

export const classes = [
  [400, errors.BadRequestResponseError], [401, errors.UnauthorizedResponseError],
  [402, errors.PaymentRequiredResponseError], [403, errors.ForbiddenResponseError],
  [404, errors.NotFoundResponseError], [408, errors.RequestTimeoutResponseError],
  [409, errors.OpenRouterError], [413, errors.PayloadTooLargeResponseError],
  [422, errors.UnprocessableEntityResponseError],
  [429, errors.TooManyRequestsResponseError],
  [500, errors.InternalServerResponseError], [502, errors.BadGatewayResponseError],
  [503, errors.ServiceUnavailableResponseError], [504, errors.OpenRouterError],
  [524, errors.EdgeNetworkTimeoutResponseError],
  [529, errors.ProviderOverloadedResponseError],
];
const key = { apiKey: 'sk-or-v1-mock' };
const open = () => new OpenRouter({ ...key, retryConfig: { strategy: 'none' } });
// By itself it tries again where 5XX came, and for an hour.
const retries = { retryCodes: ['429', '5XX'], retries: { strategy: 'backoff', backoff: {
  initialInterval: 1, maxInterval: 5, exponent: 1, maxElapsedTime: 60000 } } };
// A class of its own where the route declares the status; else their common one.
const thrown = (statusCode, type) => ({ error }, t) => {
  t.ok(error instanceof type || error?.constructor === errors.OpenRouterDefaultError,
    `${type.name} was to be thrown, not ${error?.constructor.name}: ${error}`);
  t.has(error, { statusCode });
};

export const sweeps = [
  { scenario: 'api_errors', by: 'error', does: 'one error after the other', calls: 1, open,
    ends: (end, t) => thrown(...classes[end.number % classes.length])(end, t) },
  { scenario: 'rate_limited', by: 'rate_limited', does: '429 when five have come', calls: 1, open,
    first: async (c) => { for (let i = 0; i < 5; i++) await c.models.count(); },
    ends: thrown(429, errors.TooManyRequestsResponseError) },
  { scenario: 'flaky', by: ['flaky', '*'], does: 'two retries, as it was told', calls: 3,
    anew: true, options: retries,
    ends: ({ error }, t) => t.ok(!error || error.statusCode === 404, String(error)) },
  { scenario: 'slow', by: ['slow', '*'], does: 'waits as long as it takes', calls: 1,
    first: (c, t) => t.session.hurry(),
    ends: ({ error }, t) => t.ok(!error || error.statusCode === 404, String(error)) },
  { scenario: 'malformed', by: 'malformed', does: 'broken JSON', calls: 1, anew: true, open,
    ends: ({ error }, t) => t.ok(error instanceof Error, String(error)) },
  { scenario: 'no_credits', by: 'no credits', does: '402', calls: 1, open, without: free,
    ends: thrown(402, errors.PaymentRequiredResponseError) },
  { scenario: 'moderation', by: 'moderation', does: '403', calls: 1, open, without: free,
    ends: thrown(403, errors.ForbiddenResponseError) },
  { scenario: 'outage', by: 'outage', does: '503', calls: 1, open,
    ends: thrown(503, errors.ServiceUnavailableResponseError) },
];
