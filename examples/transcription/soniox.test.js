'use strict';
// Tests of soniox.js, on production URLs; see README.md.
const assert = require('node:assert/strict');
const { afterEach, beforeEach, describe, test } = require('node:test');
const { Client, ConnectionError, SonioxError, WaitedTooLong } = require('./soniox');

// Outside of a session the real API would be asked.
const skip = !process.env.OFFWIRE_SESSION && 'not under offwire run: see README.md';
const AUDIO = Buffer.alloc(4000);
const quick = { interval: 5 };

// Asks the session; see offwire-control(7).
async function session(method, path, body) {
  const response = await fetch(`http://offwire.test${path}`,
    { method, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer;
}

const scenario = (name) => session('POST', '/scenario', { only: [name] });
const verify = (...expected) => session('POST', '/verify', expected);
const made = async (type) => (await session('GET', `/resources/${type}`)).items;

// A client that notes how long it would sleep.
function client(options) {
  const slept = [];
  const made = new Client('test-key', { sleep: async (ms) => { slept.push(ms); }, ...options });
  return Object.assign(made, { slept });
}

beforeEach(() => skip || session('POST', '/reset'));

describe('a transcription', { skip }, () => {
  test('is queued, processed, completed', async () => {
    const file = await client().upload('talk.wav', AUDIO);
    const job = await client().transcribe(file.id, { language_hints: ['en'] });
    const seen = [];
    await client().wait(job.id, { ...quick, progress: (status) => seen.push(status) });
    // A slow machine may miss one; none comes twice or in another order.
    const order = ['queued', 'processing', 'completed'];
    assert.deepEqual(seen, order.filter((status) => seen.includes(status)));
    assert.equal(seen.at(-1), 'completed');
    await verify(
      { rule: 'files.upload', form: { file: { filename: 'talk.wav', size: AUDIO.length } }, times: 1 },
      { rule: 'transcriptions.create', json: { model: 'stt-async-v4', language_hints: ['en'] }, times: 1 },
      { rule: 'transcriptions.get', times: '>=1' });
  });

  test('gives its text, and leaves no file', async () => {
    assert.equal(await client().transcribeFile('talk.wav', AUDIO, quick), 'Hello from Offwire.');
    assert.deepEqual(await made('file'), []);
  });

  test('that fails says why, and leaves no file', async () => {
    await assert.rejects(client().transcribeFile('fail.wav', AUDIO, quick),
      { name: 'Error', message: 'Audio decode error' });
    assert.deepEqual(await made('file'), []);
  });

  test('of a file that is not there is refused', async () => {
    const cause = await client().transcribe('00000000-0000-4000-8000-000000000000').catch((e) => e);
    assert.ok(cause instanceof SonioxError);
    assert.equal(cause.status, 404);
  });
});

describe('waiting', { skip }, () => {
  afterEach(() => session('POST', '/clock', { resume: true }));

  test('ends after its timeout', async () => {
    await session('POST', '/clock', { freeze: true });
    const job = await client().transcribe((await client().upload('talk.wav', AUDIO)).id);
    await assert.rejects(client().wait(job.id, { ...quick, timeout: 50 }), WaitedTooLong);
    assert.equal((await made('transcription'))[0].status, 'queued');
  });

  test('goes on while the clock does', async () => {
    await session('POST', '/clock', { freeze: true });
    const job = await client().transcribe((await client().upload('talk.wav', AUDIO)).id);
    const status = async () => (await made('transcription'))[0].status;
    assert.equal(await status(), 'queued');
    await session('POST', '/clock', { advance: '1.5s' });
    assert.equal(await status(), 'processing');
    await session('POST', '/clock', { advance: '2s' });
    assert.equal((await client().wait(job.id, quick)).status, 'completed');
  });
});

describe('retries', { skip }, () => {
  test('wait as the API says, then twice as long each time', async () => {
    await scenario('limited');
    const asks = client();
    await asks.upload('talk.wav', AUDIO);
    assert.deepEqual(asks.slept, [3000, 500, 1000]);
    await verify({ rule: 'limited', times: 3 }, { rule: 'files.upload', times: 1 });
  });

  test('end in the last error', async () => {
    await scenario('limited');
    await assert.rejects(client({ retries: 1 }).upload('talk.wav', AUDIO),
      { status: 503, type: 'service_unavailable', message: 'Overloaded.' });
  });

  test('follow an attempt without an answer', async () => {
    await scenario('silent');
    // On a busy machine more than the first two may run out of time.
    const asks = client({ retries: 20, timeout: 300 });
    await asks.upload('talk.wav', AUDIO);
    assert.ok(asks.slept.length >= 2);
    await verify({ rule: 'silent', times: 2 });
  });

  test('follow an upload that breaks off', async () => {
    await scenario('upload_breaks');
    const asks = client();
    await asks.upload('talk.wav', Buffer.alloc(3_000_000));
    assert.equal(asks.slept.length, 1);
    assert.deepEqual((await made('file')).map((file) => file.size), [3_000_000]);
  });

  test('do not help where each connection breaks', async () => {
    await scenario('hang_up');
    const asks = client();
    await assert.rejects(asks.transcribe('any'), ConnectionError);
    assert.equal(asks.slept.length, 3);
    await verify({ rule: 'hangs up', times: 4 });
  });

  test('are not for a wrong key', async () => {
    const asks = new Client('invalid');
    await assert.rejects(asks.upload('talk.wav', AUDIO), { status: 401, type: 'unauthenticated' });
    await verify({ status: 401, times: 1 });
  });
});

describe('load', { skip }, () => {
  test('a long file is uploaded', async () => {
    const file = await client().upload('long.wav', Buffer.alloc(20_000_000));
    assert.equal(file.size, 20_000_000);
  });

  test('fifty transcriptions go on at once', async () => {
    const asks = client();
    const texts = await Promise.all(Array.from({ length: 50 },
      (_, n) => asks.transcribeFile(`talk-${n}.wav`, AUDIO, quick)));
    assert.deepEqual(new Set(texts), new Set(['Hello from Offwire.']));
    assert.equal((await made('transcription')).length, 50);
    assert.deepEqual(asks.slept, []);
  });
});

describe('a stream', { skip }, () => {
  const chunks = (n) => Array.from({ length: n }, () => AUDIO);

  test('says what it hears while it hears', async () => {
    const heard = [];
    const text = await client().transcribeLive(chunks(6),
      { progress: (final, open) => heard.push(final + open) });
    assert.match(text, /^Hello/);
    assert.ok(heard.length >= 6);
    assert.ok(heard.some((said) => said && 'Hello'.startsWith(said.slice(0, 5))));
  });

  test('goes on where its line broke', async () => {
    await scenario('line_breaks');
    const speaks = client();
    assert.equal(await speaks.transcribeLive(chunks(4)), 'Good morning, all');
    assert.equal(speaks.slept.length, 1);
    await verify({ rule: 'line breaks', times: 2 });
  });

  test('is begun anew when the server gives up', async () => {
    await scenario('gives_up');
    const speaks = client();
    assert.match(await speaks.transcribeLive(chunks(6)), /^Hello/);
    assert.equal(speaks.slept.length, 1);
  });

  test('gets over what a bad line does', async () => {
    await scenario('disconnects'); // the pack's own: the first one breaks
    const speaks = client();
    assert.match(await speaks.transcribeLive(chunks(6)), /^Hello/);
    assert.ok(speaks.slept.length >= 1);
  });

  test('that always breaks is given up', async () => {
    await scenario('always_breaks');
    const speaks = client();
    await assert.rejects(speaks.transcribeLive(chunks(3)), ConnectionError);
    assert.equal(speaks.slept.length, 3);
  });

  test('with a wrong key is refused', async () => {
    const refused = await new Client('invalid').transcribeLive(chunks(1)).catch((e) => e);
    assert.ok(refused instanceof SonioxError);
    assert.equal(refused.status, 401);
  });
});
