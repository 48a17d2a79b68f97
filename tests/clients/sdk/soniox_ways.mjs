// Of soniox.mjs: the least that calls each route, and what each scenario does to
// them all. Their ids are those of nothing: a failure comes before anybody looks.
import { SonioxHttpError } from '@soniox/node';

const id = '00000000-0000-4000-8000-000000000000';
const span = { start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-02T00:00:00Z' };

export const ways = {
  'models.list': (c) => c.models.list(),
  'concurrencyLimits.get': (c) => c.concurrencyLimits.get(),
  'files.upload': (c) => c.files.upload(Buffer.from('RIFF'), { filename: 'a.wav' }),
  'files.list': (c) => c.files.list(),
  'files.count': (c) => c.files.count(),
  'files.get': (c) => c.files.get(id),
  'files.delete': (c) => c.files.delete(id),
  'transcriptions.create': (c) => c.stt.create({ model: 'stt-async-v4', file_id: id }),
  'transcriptions.list': (c) => c.stt.list(),
  'transcriptions.count': (c) => c.stt.count(),
  'transcriptions.transcript': (c) => c.stt.getTranscript(id),
  'transcriptions.get': (c) => c.stt.get(id),
  'transcriptions.delete': (c) => c.stt.delete(id),
  'auth.createTemporaryKey': (c) => c.auth.createTemporaryKey(
    { usage_type: 'transcribe_websocket', expires_in_seconds: 60 }),
  'usageLogs.list': (c) => c.usageLogs.list(span),
  'usageLogs.getSummary': (c) => c.usageLogs.getSummary(span),
  'concurrencyLimits.getHistory': (c) => c.concurrencyLimits.getHistory(
    { ...span, period_sec: 60, kind: 'stt' }),
};

export const statuses = [400, 401, 403, 404, 409, 422, 429, 500, 503, 529];
// What is not there is null, or gone already.
const absent = ['files.get', 'files.delete', 'transcriptions.get', 'transcriptions.transcript',
  'transcriptions.delete'];
const thrown = (statusCode) => ({ error, route }, t) => {
  if (statusCode === 404 && absent.includes(route)) return;
  t.ok(error instanceof SonioxHttpError, String(error));
  t.has(error, { statusCode });
};

export const sweeps = [
  { scenario: 'api_errors', by: 'error', does: 'one error after the other', calls: 1,
    ends: (end, t) => thrown(statuses[end.number % statuses.length])(end, t) },
  { scenario: 'rate_limited', by: 'rate limit', does: '429 when ten have come', calls: 1,
    first: async (c) => { for (let i = 0; i < 10; i++) await c.models.list(); },
    ends: thrown(429) },
  { scenario: 'flaky', by: 'flaky', does: 'no retries by itself', calls: 1, anew: true,
    ends: thrown(429) },
  { scenario: 'slow', by: ['slow', '*'], does: 'waits as long as it takes', calls: 1,
    first: (c, t) => t.session.hurry(),
    ends: ({ error }, t) => t.ok(!error || [400, 404].includes(error.statusCode), String(error)) },
  { scenario: 'malformed', by: 'malformed', does: 'broken JSON', calls: 1, anew: true,
    // Of these the SDK does not look at the body.
    without: ['files.delete', 'transcriptions.delete'],
    ends: ({ error }, t) => t.ok(error instanceof SonioxHttpError, String(error)) },
  { scenario: 'outage', by: 'outage', does: '503', calls: 1, ends: thrown(503) },
];
