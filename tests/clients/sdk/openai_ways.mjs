// Of openai.mjs: the least that calls each route, and what each scenario does to
// them all. Their ids are those of nothing: a failure comes before anybody looks.
import OpenAI from 'openai';

const model = 'gpt-4o';
const messages = [{ role: 'user', content: 'hi' }];
const store = { vector_store_id: 'vs_0' }, thread = { thread_id: 'thread_0' };
const file = () => new File(['RIFF....WAVE'], 'a.wav');
const picture = () => new File(['\x89PNG'], 'a.png', { type: 'image/png' });
const key = 'sk-mock';

export const ways = {
  'models.retrieve': (c) => c.models.retrieve(model),
  'models.delete': (c) => c.models.delete('ft:gpt-4o:mock::1'),
  'models.list': (c) => c.models.list(),
  'chat.completions.create': (c) => c.chat.completions.create({ model, messages }),
  'chat.completions.list': (c) => c.chat.completions.list(),
  'chat.completions.messages.list': (c) => c.chat.completions.messages.list('chatcmpl-0'),
  'chat.completions.retrieve': (c) => c.chat.completions.retrieve('chatcmpl-0'),
  'chat.completions.update': (c) => c.chat.completions.update('chatcmpl-0', { metadata: {} }),
  'chat.completions.delete': (c) => c.chat.completions.delete('chatcmpl-0'),
  'completions.create': (c) => c.completions.create(
    { model: 'gpt-3.5-turbo-instruct', prompt: 'a' }),
  'responses.input_tokens.count': (c) => c.responses.inputTokens.count({ model, input: 'hi' }),
  'responses.compact': (c) => c.responses.compact({ model, input: 'hi' }),
  'responses.create': (c) => c.responses.create({ model, input: 'hi' }),
  'responses.cancel': (c) => c.responses.cancel('resp_0'),
  'responses.input_items.list': (c) => c.responses.inputItems.list('resp_0'),
  'responses.retrieve': (c) => c.responses.retrieve('resp_0'),
  'responses.delete': (c) => c.responses.delete('resp_0'),
  'conversations.create': (c) => c.conversations.create(),
  'conversations.items.create': (c) => c.conversations.items.create('conv_0',
    { items: [{ role: 'user', content: 'a' }] }),
  'conversations.retrieve': (c) => c.conversations.retrieve('conv_0'),
  'conversations.update': (c) => c.conversations.update('conv_0', { metadata: {} }),
  'conversations.delete': (c) => c.conversations.delete('conv_0'),
  'conversations.items.list': (c) => c.conversations.items.list('conv_0'),
  'conversations.items.retrieve': (c) => c.conversations.items.retrieve('msg_0',
    { conversation_id: 'conv_0' }),
  'conversations.items.delete': (c) => c.conversations.items.delete('msg_0',
    { conversation_id: 'conv_0' }),
  'embeddings.create': (c) => c.embeddings.create(
    { model: 'text-embedding-3-small', input: 'a', encoding_format: 'float' }),
  'moderations.create': (c) => c.moderations.create({ input: 'a' }),
  'audio.speech.create': (c) => c.audio.speech.create(
    { model: 'tts-1', voice: 'alloy', input: 'a' }),
  'audio.transcriptions.create': (c) => c.audio.transcriptions.create(
    { model: 'whisper-1', file: file() }),
  'audio.translations.create': (c) => c.audio.translations.create(
    { model: 'whisper-1', file: file() }),
  'images.generate': (c) => c.images.generate({ model: 'gpt-image-1', prompt: 'a' }),
  'images.edit': (c) => c.images.edit({ model: 'gpt-image-1', image: picture(), prompt: 'a' }),
  'images.create_variation': (c) => c.images.createVariation({ image: picture() }),
  'files.content': (c) => c.files.content('file-0'),
  'files.create': (c) => c.files.create({ purpose: 'fine-tune', file: file() }),
  'files.list': (c) => c.files.list(),
  'files.retrieve': (c) => c.files.retrieve('file-0'),
  'files.delete': (c) => c.files.delete('file-0'),
  'uploads.create': (c) => c.uploads.create({ bytes: 1, filename: 'a', purpose: 'fine-tune',
    mime_type: 'text/jsonl' }),
  'uploads.complete': (c) => c.uploads.complete('upload_0', { part_ids: [] }),
  'uploads.cancel': (c) => c.uploads.cancel('upload_0'),
  'uploads.parts.create': (c) => c.uploads.parts.create('upload_0', { data: file() }),
  'fine_tuning.jobs.create': (c) => c.fineTuning.jobs.create({ model, training_file: 'file-0' }),
  'fine_tuning.jobs.list': (c) => c.fineTuning.jobs.list(),
  'fine_tuning.jobs.cancel': (c) => c.fineTuning.jobs.cancel('ftjob-0'),
  'fine_tuning.jobs.pause': (c) => c.fineTuning.jobs.pause('ftjob-0'),
  'fine_tuning.jobs.resume': (c) => c.fineTuning.jobs.resume('ftjob-0'),
  'fine_tuning.jobs.retrieve': (c) => c.fineTuning.jobs.retrieve('ftjob-0'),
  'fine_tuning.jobs.list_events': (c) => c.fineTuning.jobs.listEvents('ftjob-0'),
  'fine_tuning.jobs.checkpoints.list': (c) => c.fineTuning.jobs.checkpoints.list('ftjob-0'),
  'batches.create': (c) => c.batches.create({ endpoint: '/v1/chat/completions',
    completion_window: '24h', input_file_id: 'file-0' }),
  'batches.list': (c) => c.batches.list(),
  'batches.cancel': (c) => c.batches.cancel('batch_0'),
  'batches.retrieve': (c) => c.batches.retrieve('batch_0'),
  'assistants.create': (c) => c.beta.assistants.create({ model }),
  'assistants.list': (c) => c.beta.assistants.list(),
  'assistants.retrieve': (c) => c.beta.assistants.retrieve('asst_0'),
  'assistants.update': (c) => c.beta.assistants.update('asst_0', { name: 'a' }),
  'assistants.delete': (c) => c.beta.assistants.delete('asst_0'),
  'threads.create_and_run': (c) => c.beta.threads.createAndRun({ assistant_id: 'asst_0' }),
  'threads.create': (c) => c.beta.threads.create(),
  'threads.retrieve': (c) => c.beta.threads.retrieve('thread_0'),
  'threads.update': (c) => c.beta.threads.update('thread_0', { metadata: {} }),
  'threads.delete': (c) => c.beta.threads.delete('thread_0'),
  'threads.messages.create': (c) => c.beta.threads.messages.create('thread_0',
    { role: 'user', content: 'hi' }),
  'threads.messages.list': (c) => c.beta.threads.messages.list('thread_0'),
  'threads.messages.retrieve': (c) => c.beta.threads.messages.retrieve('msg_0', thread),
  'threads.messages.update': (c) => c.beta.threads.messages.update('msg_0',
    { ...thread, metadata: {} }),
  'threads.messages.delete': (c) => c.beta.threads.messages.delete('msg_0', thread),
  'threads.runs.create': (c) => c.beta.threads.runs.create('thread_0',
    { assistant_id: 'asst_0' }),
  'threads.runs.submit_tool_outputs': (c) => c.beta.threads.runs.submitToolOutputs('run_0',
    { ...thread, tool_outputs: [] }),
  'threads.runs.list': (c) => c.beta.threads.runs.list('thread_0'),
  'threads.runs.cancel': (c) => c.beta.threads.runs.cancel('run_0', thread),
  'threads.runs.retrieve': (c) => c.beta.threads.runs.retrieve('run_0', thread),
  'threads.runs.update': (c) => c.beta.threads.runs.update('run_0',
    { ...thread, metadata: {} }),
  'threads.runs.steps.list': (c) => c.beta.threads.runs.steps.list('run_0', thread),
  'threads.runs.steps.retrieve': (c) => c.beta.threads.runs.steps.retrieve('step_0',
    { ...thread, run_id: 'run_0' }),
  'vector_stores.create': (c) => c.vectorStores.create({ name: 'a' }),
  'vector_stores.list': (c) => c.vectorStores.list(),
  'vector_stores.search': (c) => c.vectorStores.search('vs_0', { query: 'a' }),
  'vector_stores.retrieve': (c) => c.vectorStores.retrieve('vs_0'),
  'vector_stores.update': (c) => c.vectorStores.update('vs_0', { name: 'a' }),
  'vector_stores.delete': (c) => c.vectorStores.delete('vs_0'),
  'vector_stores.files.create': (c) => c.vectorStores.files.create('vs_0', { file_id: 'file-0' }),
  'vector_stores.files.list': (c) => c.vectorStores.files.list('vs_0'),
  'vector_stores.files.content': (c) => c.vectorStores.files.content('file-0', store),
  'vector_stores.files.retrieve': (c) => c.vectorStores.files.retrieve('file-0', store),
  'vector_stores.files.update': (c) => c.vectorStores.files.update('file-0',
    { ...store, attributes: {} }),
  'vector_stores.files.delete': (c) => c.vectorStores.files.delete('file-0', store),
  'vector_stores.file_batches.create': (c) => c.vectorStores.fileBatches.create('vs_0',
    { file_ids: ['file-0'] }),
  'vector_stores.file_batches.cancel': (c) => c.vectorStores.fileBatches.cancel('vsfb_0', store),
  'vector_stores.file_batches.list_files': (c) =>
    c.vectorStores.fileBatches.listFiles('vsfb_0', store),
  'vector_stores.file_batches.retrieve': (c) =>
    c.vectorStores.fileBatches.retrieve('vsfb_0', store),
  'realtime.clientSecrets.create': (c) => c.realtime.clientSecrets.create({}),
  'realtime.sessions.create': (c) => c.post('/realtime/sessions', { body: {} }),
};

// The ten errors of api_errors, each as the SDK's own class.
export const errors = [
  [400, OpenAI.BadRequestError], [401, OpenAI.AuthenticationError],
  [403, OpenAI.PermissionDeniedError], [404, OpenAI.NotFoundError],
  [409, OpenAI.ConflictError], [422, OpenAI.UnprocessableEntityError],
  [429, OpenAI.RateLimitError], [500, OpenAI.InternalServerError],
  [503, OpenAI.InternalServerError], [529, OpenAI.InternalServerError],
];
const open = () => new OpenAI({ apiKey: key, maxRetries: 0 });
const thrown = (status, type) => ({ error }, t) => {
  t.ok(error instanceof type, `${type.name} was to be thrown, not ${error}`);
  t.has(error, { status, requestID: /^req_/ });
};
// Bodies that the SDK hands out as they are.
const unread = ['files.content', 'audio.speech.create'];

export const sweeps = [
  { scenario: 'api_errors', by: 'error', does: 'one error after the other', calls: 1, open,
    ends: (end, t) => thrown(...errors[end.number % errors.length])(end, t) },
  { scenario: 'rate_limited', by: 'rate_limited', does: '429 when three have come', calls: 1, open,
    first: async (c) => { for (let i = 0; i < 3; i++) await c.models.list(); },
    ends: thrown(429, OpenAI.RateLimitError) },
  { scenario: 'flaky', by: ['flaky', '*'], does: 'two retries', calls: 3, anew: true,
    ends: ({ error }, t) => t.ok(!error || error.status === 404 || error.status === 400,
      String(error)) },
  { scenario: 'slow', by: ['slow', '*'], does: 'waits as long as it takes', calls: 1,
    first: (c, t) => t.session.hurry(),
    ends: ({ error }, t) => t.ok(!error || [400, 404].includes(error.status), String(error)) },
  { scenario: 'malformed', by: 'malformed', does: 'broken JSON', calls: 1, anew: true, open,
    without: unread, ends: ({ error }, t) => t.ok(error instanceof SyntaxError, String(error)) },
  { scenario: 'outage', by: 'outage', does: '503', calls: 1, open,
    ends: thrown(503, OpenAI.InternalServerError) },
];
