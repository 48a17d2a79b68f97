// Rows of openai.mjs: audio, images, uploads.
import OpenAI, { toFile } from 'openai';

const speech = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hello there.' };
const sound = () => toFile(Buffer.from('RIFF....WAVE'), 'a.wav');
const picture = () => toFile(Buffer.from('\x89PNG....'), 'a.png', { type: 'image/png' });
const transcribe = async (c, more = {}) => c.audio.transcriptions.create(
  { model: 'whisper-1', file: await sound(), ...more });
const isPng = (bytes) => Buffer.from(bytes).subarray(1, 4).toString() === 'PNG';
const parts = async (c, texts) => {
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const upload = await c.uploads.create({ bytes, filename: 'a.jsonl', purpose: 'fine-tune',
    mime_type: 'text/jsonl' });
  const part_ids = [];
  for (const text of texts)
    part_ids.push((await c.uploads.parts.create(upload.id,
      { data: await toFile(Buffer.from(text), 'part') })).id);
  return { upload, part_ids };
};

export default [
  ...[['wav', /^RIFF/], ['mp3', null], ['opus', null], ['flac', /^fLaC/], ['pcm', null]]
    .map(([response_format, begins]) => ({
      route: 'audio.speech.create', does: response_format,
      call: async (c, t) => {
        await t.session.resume();
        const answer = await c.audio.speech.create({ ...speech, response_format });
        return Buffer.from(await answer.arrayBuffer());
      },
      check: (bytes, t) => {
        t.ok(bytes.length > 40);
        if (begins) t.match(bytes.subarray(0, 4).toString('latin1'), begins);
      } })),
  { route: 'audio.speech.create', does: 'stream',
    call: async (c, t) => {
      await t.session.resume();
      return (await c.audio.speech.create({ ...speech, stream_format: 'sse' })).text();
    },
    check: (text, t) => t.match(text, /speech\.audio\.delta[\s\S]*speech\.audio\.done/) },
  { route: 'audio.speech.create', does: 'refused',
    call: (c) => c.audio.speech.create({ model: 'tts-1', voice: 'alloy' }),
    throws: [OpenAI.BadRequestError] },
  { route: 'audio.transcriptions.create', does: 'json',
    call: (c) => transcribe(c),
    check: (r, t) => t.ok(r.text.length > 0) },
  { route: 'audio.transcriptions.create', does: 'verbose_json, words',
    call: (c) => transcribe(c, { response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'] }),
    check: (r, t) => {
      t.typed(r, { language: 'string', duration: 'number', text: 'string',
        segments: 'array', words: 'array' });
      t.typed(r.words[0], { word: 'string', start: 'number', end: 'number' });
    } },
  { route: 'audio.transcriptions.create', does: 'text',
    call: (c) => transcribe(c, { response_format: 'text' }),
    check: (text, t) => t.equal(typeof text, 'string') },
  { route: 'audio.transcriptions.create', does: 'srt',
    call: (c) => transcribe(c, { response_format: 'srt' }),
    check: (text, t) => t.match(text, /^1\n00:00:00,000 --> /) },
  { route: 'audio.transcriptions.create', does: 'vtt',
    call: (c) => transcribe(c, { response_format: 'vtt' }),
    check: (text, t) => t.match(text, /^WEBVTT\n/) },
  { route: 'audio.transcriptions.create', does: 'too large',
    call: (c) => c.audio.transcriptions.create({ model: 'whisper-1',
      file: new File([Buffer.alloc(26214401)], 'a.wav') }),
    throws: [OpenAI.APIError, { status: 413, type: 'server_error',
      message: /Maximum content size limit \(26214400\) exceeded \(26214401 bytes read\)/ }] },
  { route: 'audio.transcriptions.create', does: 'stream',
    call: async (c, t) => {
      await t.session.resume();
      return t.all(transcribe(c, { model: 'gpt-4o-transcribe', stream: true }));
    },
    check: (events, t) => {
      t.equal(events.at(-1).type, 'transcript.text.done');
      t.equal(events.filter((e) => e.type === 'transcript.text.delta')
        .map((e) => e.delta).join(''), events.at(-1).text);
    } },
  { route: 'audio.transcriptions.create', does: 'stream, by speakers',
    call: async (c, t) => {
      await t.session.resume();
      return t.all(transcribe(c, { model: 'gpt-4o-transcribe-diarize', stream: true,
        response_format: 'diarized_json', chunking_strategy: 'auto' }));
    },
    check: (events, t) => {
      const segments = events.filter((e) => e.type === 'transcript.text.segment');
      t.ok(segments.length > 1);
      t.typed(segments[0], { id: 'string', start: 'number', end: 'number',
        text: 'string', speaker: 'string' });
      t.equal(events.at(-1).type, 'transcript.text.done');
    } },
  { route: 'audio.transcriptions.create', does: 'stream in pieces',
    call: (c, t) => t.paced(t.session,
      () => transcribe(c, { model: 'gpt-4o-transcribe', stream: true })) },
  { route: 'audio.translations.create', does: 'json',
    call: async (c) => c.audio.translations.create({ model: 'whisper-1', file: await sound() }),
    check: (r, t) => t.ok(r.text.length > 0) },

  { route: 'images.generate', does: 'an image',
    call: (c) => c.images.generate({ model: 'gpt-image-1', prompt: 'a cat' }),
    check: (r, t) => {
      t.typed(r, { created: 'number', usage: { total_tokens: 'number' } });
      t.ok(isPng(Buffer.from(r.data[0].b64_json, 'base64')));
    } },
  { route: 'images.generate', does: 'a URL that has it',
    call: async (c) => {
      const { data } = await c.images.generate({ model: 'dall-e-3', prompt: 'a cat' });
      return (await fetch(data[0].url)).arrayBuffer();
    },
    check: (bytes, t) => t.ok(isPng(bytes)) },
  { route: 'images.generate', does: 'stream',
    call: async (c, t) => {
      await t.session.resume();
      return t.all(c.images.generate({ model: 'gpt-image-1', prompt: 'a cat',
        stream: true, partial_images: 2 }));
    },
    check: (events, t) => {
      t.equal(events.at(-1).type, 'image_generation.completed');
      t.ok(events.length > 1);
    } },
  { route: 'images.generate', does: 'stream in pieces',
    call: (c, t) => t.paced(t.session, () => c.images.generate({ model: 'gpt-image-1',
      prompt: 'a cat', stream: true, partial_images: 2 })) },
  { route: 'images.edit', does: 'an image',
    call: async (c) => c.images.edit({ model: 'gpt-image-1', image: await picture(),
      prompt: 'a hat' }),
    check: (r, t) => t.ok(isPng(Buffer.from(r.data[0].b64_json, 'base64'))) },
  { route: 'images.create_variation', does: 'a URL',
    call: async (c) => c.images.createVariation({ image: await picture() }),
    check: (r, t) => t.match(r.data[0].url, /^https:/) },

  { route: 'uploads.create', does: 'parts, put together',
    by: ['uploads.create', 'uploads.parts.create', 'uploads.complete', 'files.content'],
    call: async (c, t) => {
      const { upload, part_ids } = await parts(c, ['{"a":', '1}\n']);
      t.has(upload, { object: 'upload', status: 'pending' });
      const done = await c.uploads.complete(upload.id, { part_ids });
      t.has(done, { status: 'completed', file: { object: 'file', bytes: 8 } });
      return (await c.files.content(done.file.id)).text();
    },
    check: (text, t) => t.equal(text, '{"a":1}\n') },
  { route: 'uploads.cancel', does: 'cancel',
    call: async (c) => c.uploads.cancel((await parts(c, ['x'])).upload.id),
    check: (u, t) => t.equal(u.status, 'cancelled') },
];
