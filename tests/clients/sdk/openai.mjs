// OpenAI's SDK for JavaScript on the pack openai; run.mjs says how to read it.
import OpenAI, { toFile } from 'openai';
import { OpenAIRealtimeWS as BetaRealtimeWS } from 'openai/beta/realtime/ws';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import assistants from './openai_assistants.mjs';
import failures from './openai_failures.mjs';
import media from './openai_media.mjs';
import vectorStores from './openai_vector_stores.mjs';
import { errors, sweeps, ways } from './openai_ways.mjs';

const ask = (text) => [{ role: 'user', content: text }];
const model = 'gpt-4o';
const chat = { model, messages: ask('hi') };

// What a model says, a word a second of the session's.
const slow = { replies: [{ text: 'one two three four', tps: 1 }] };

// One that calls the tool, and knows what to say of its result.
const caller = { replies: [
  { prompt: '~weather', tool_calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] },
  { tool_result: '~sunny', text: 'It is sunny.' }] };
// One that says a text to a custom tool.
const coder = { replies: [
  { prompt: '~sum', tool_calls: [{ name: 'run', arguments: 'print(1 + 1)' }] },
  { tool_result: '~2', text: 'It is 2.' }] };
const run = { type: 'custom', custom: { name: 'run' } };

const usage = { prompt_tokens: 'number', completion_tokens: 'number',
  total_tokens: 'number' };

// A file that is there, and a job that trains with it.
const upload = async (c, text = '{"messages":[]}\n', purpose = 'fine-tune') =>
  c.files.create({ purpose, file: await toFile(Buffer.from(text), 'a.jsonl') });
const train = async (c, more = {}) => c.fineTuning.jobs.create({
  model: 'gpt-4o-mini-2024-07-18', training_file: (await upload(c)).id, ...more });
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const weather = { type: 'function', function: { name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } },
    required: ['city'] } } };
const batch = async (c, endpoint = '/v1/chat/completions', ...bodies) => {
  const lines = (bodies.length > 0 ? bodies : [chat]).map((body, i) => JSON.stringify(
    { custom_id: 'abc'[i], method: 'POST', url: endpoint, body }) + '\n');
  return c.batches.create({ endpoint, completion_window: '24h',
    input_file_id: (await upload(c, lines.join(''), 'batch')).id });
};
// What came of a batch's lines: those of one of its files, as JSON.
const told = async (c, t, made, which = 'output_file_id') => {
  await t.session.advance('1h');
  const { [which]: file } = await c.batches.retrieve(made.id);
  return (await (await c.files.content(file)).text()).trim().split('\n')
    .map((line) => JSON.parse(line).response.body);
};
const person = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

// A realtime connection that has begun: until() waits for the next event of a
// type, whenever it came; events has all of them so far.
async function talk(c, RealtimeWS = OpenAIRealtimeWS) {
  const rt = new RealtimeWS({ model: 'gpt-realtime' }, c);
  const events = [];
  let at = 0, wake = () => {};
  rt.on('event', (event) => { events.push(event); wake(); });
  rt.on('error', () => {});
  const closed = new Promise((resolve) => rt.socket.on('close', resolve));
  const until = async (type) => {
    for (;;) {
      while (at < events.length)
        if (events[at++].type === type) return events[at - 1];
      await new Promise((resolve) => { wake = resolve; });
    }
  };
  const connection = { events, until, closed, send: (e) => rt.send(e), close: () => rt.close() };
  await until('session.created');
  return connection;
}
const message = (words) => ({ type: 'conversation.item.create', item: { type: 'message',
  role: 'user', content: [{ type: 'input_text', text: words }] } });

export default {
  pack: 'openai',
  sdk: 'openai',
  open: () => new OpenAI({ apiKey: 'sk-mock' }),
  ways, sweeps,
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
        await t.fails(create({ model: 'tts-1', messages: ask('x') }),
          OpenAI.NotFoundError, { param: 'model', message: /not a chat model/ });
      } },
    { route: 'chat.completions.create', does: 'tools',
      call: async (c, t) => {
        await t.session.rules(caller);
        const messages = ask('What is the weather in Paris?');
        const first = await c.chat.completions.create(
          { model, messages, tools: [weather] });
        t.has(first.choices[0], { finish_reason: 'tool_calls',
          message: { content: null } });
        const [call] = first.choices[0].message.tool_calls;
        t.has(call, { type: 'function', id: /^call_/,
          function: { name: 'get_weather' } });
        t.equal(JSON.parse(call.function.arguments), { city: 'Paris' });
        messages.push(first.choices[0].message,
          { role: 'tool', tool_call_id: call.id, content: 'sunny' });
        return c.chat.completions.create({ model, messages, tools: [weather] });
      },
      check: (r, t) => t.has(r.choices[0], { finish_reason: 'stop',
        message: { content: 'It is sunny.' } }) },
    { route: 'chat.completions.create', does: 'tools, streamed by the helper',
      call: async (c, t) => {
        await t.session.rules(caller);
        return c.chat.completions.stream({ model, tools: [weather],
          messages: ask('What is the weather in Paris?') }).finalChatCompletion();
      },
      check: (r, t) => t.has(r.choices[0].message.tool_calls[0],
        { type: 'function', function: { name: 'get_weather' } }) },

    { route: 'chat.completions.create', does: 'custom tools, streamed and not',
      call: async (c, t) => {
        await t.session.rules(coder);
        const messages = ask('The sum?'), said = { model, messages, tools: [run] };
        let input = '', kind, finish;
        for await (const { choices: [choice] } of
          await c.chat.completions.create({ ...said, stream: true })) {
          const [call] = choice.delta.tool_calls ?? [];
          kind ??= call?.type;
          input += call?.custom?.input ?? '';
          finish = choice.finish_reason;
        }
        t.equal([input, kind, finish], ['print(1 + 1)', 'custom', 'tool_calls']);
        const { message } = (await c.chat.completions.create(said)).choices[0];
        t.equal(message.content, null);
        t.has(message.tool_calls[0], { type: 'custom', id: /^call_/,
          custom: { name: 'run', input: 'print(1 + 1)' } });
        messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id,
          content: '2' });
        return c.chat.completions.create({ model, messages, tools: [run] });
      },
      check: (r, t) => t.equal(r.choices[0].message.content, 'It is 2.') },
    { route: 'chat.completions.create', does: 'tools that are chosen, allowed',
      call: async (c, t) => {
        const said = { ...chat, tools: [weather, run] };
        const chosen = await c.chat.completions.create({ ...said, tool_choice: run });
        t.typed(chosen.choices[0].message.tool_calls[0],
          { type: 'string', custom: { name: 'string', input: 'string' } });
        const allowed = (mode, ...tools) =>
          ({ type: 'allowed_tools', allowed_tools: { mode, tools } });
        await t.fails(() => c.chat.completions.create({ ...said, tool_choice:
          allowed('auto', { type: 'custom', custom: { name: 'ran' } }) }),
        OpenAI.BadRequestError, { param: 'tool_choice' });
        return c.chat.completions.create({ ...said, tool_choice: allowed('required', run) });
      },
      check: (r, t) => {
        t.equal(r.choices[0].finish_reason, 'tool_calls');
        t.has(r.choices[0].message.tool_calls[0], { type: 'custom', custom: { name: 'run' } });
      } },

    { route: 'embeddings.create', does: 'alike where texts are',
      call: (c) => c.embeddings.create({ model: 'text-embedding-3-small', input: [
        'the cat sat on the mat', 'a cat sat on a mat', 'quarterly revenue grew'] }),
      check: (r, t) => {
        t.equal(r.data.map((d) => d.index), [0, 1, 2]);
        const [a, b, d] = r.data.map((e) => e.embedding);
        t.equal(a.length, 1536);
        t.ok(Math.abs(cosine(a, a) - 1) < 1e-3);
        t.ok(cosine(a, b) > cosine(a, d));
        t.typed(r, { model: 'string', usage: { prompt_tokens: 'number', total_tokens: 'number' } });
      } },
    { route: 'embeddings.create', does: 'floats, dimensions',
      call: (c) => c.embeddings.create({ model: 'text-embedding-3-large',
        input: 'x', encoding_format: 'float', dimensions: 256 }),
      check: (r, t) => t.equal(r.data[0].embedding.length, 256) },
    { route: 'embeddings.create', does: 'refused',
      call: (c) => c.embeddings.create({ model: 'text-embedding-3-small' }),
      throws: [OpenAI.BadRequestError, { status: 400 }] },
    { route: 'moderations.create', does: 'flagged and not',
      call: (c) => c.moderations.create({ input: ['I will kill you', 'hello'] }),
      check: (r, t) => {
        t.equal(r.results.map((one) => one.flagged), [true, false]);
        t.typed(r.results[0], { categories: { violence: 'boolean' },
          category_scores: { violence: 'number' } });
      } },

    { route: 'files.create', does: 'upload',
      call: (c) => upload(c),
      check: (f, t) => {
        t.has(f, { object: 'file', bytes: 16, filename: 'a.jsonl',
          purpose: 'fine-tune', status: 'uploaded' });
        t.typed(f, { id: 'string', created_at: 'number' });
      } },
    { route: 'files.create', does: 'refused',
      call: async (c) => c.files.create({ file: await toFile(Buffer.from('x'), 'a') }),
      throws: [OpenAI.BadRequestError, { status: 400 }] },
    { route: 'files.retrieve', does: 'processed in its time',
      by: ['files.create', 'files.retrieve'],
      call: async (c, t) => {
        const { id } = await upload(c);
        t.equal((await c.files.retrieve(id)).status, 'uploaded');
        await t.session.advance('3s');
        return c.files.retrieve(id);
      },
      check: (f, t) => t.equal(f.status, 'processed') },
    { route: 'files.retrieve', does: 'unknown',
      call: (c) => c.files.retrieve('file-none'),
      throws: [OpenAI.NotFoundError, { status: 404 }] },
    { route: 'files.list', does: 'by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await upload(c);
        return t.all(c.files.list({ limit: 2 }));
      },
      check: (files, t) => t.equal(files.length, 3) },
    { route: 'files.content', does: 'the bytes',
      call: async (c) => (await c.files.content((await upload(c, 'é\n')).id)).text(),
      check: (text, t) => t.equal(text, 'é\n') },
    { route: 'files.delete', does: 'delete',
      call: async (c, t) => {
        const { id } = await upload(c);
        t.has(await c.files.delete(id), { id, object: 'file', deleted: true });
        await t.fails(() => c.files.retrieve(id), OpenAI.NotFoundError);
      } },

    { route: 'fine_tuning.jobs.create', does: 'through all its states',
      by: ['fine_tuning.jobs.create', 'fine_tuning.jobs.retrieve'],
      call: async (c, t) => {
        let job = await train(c, { suffix: 'mine' });
        t.has(job, { id: /^ftjob-/, object: 'fine_tuning.job', fine_tuned_model: null });
        const states = [job.status];
        for (let i = 0; i < 11; i++) {
          await t.session.advance('1s');
          job = await c.fineTuning.jobs.retrieve(job.id);
          if (states.at(-1) !== job.status) states.push(job.status);
        }
        t.equal(states, ['validating_files', 'queued', 'running', 'succeeded']);
        return job;
      },
      check: (job, t) => t.has(job, { fine_tuned_model: /^ft:gpt-4o-mini.*mine/,
        trained_tokens: (n) => n > 0, finished_at: (n) => n > 0 }) },
    { route: 'fine_tuning.jobs.create', does: 'unknown file',
      call: (c) => c.fineTuning.jobs.create({ model: 'gpt-4o', training_file: 'file-none' }),
      throws: [OpenAI.APIError, { status: (s) => s === 400 || s === 404 }] },
    { route: 'fine_tuning.jobs.retrieve', does: 'unknown',
      call: (c) => c.fineTuning.jobs.retrieve('ftjob-none'),
      throws: [OpenAI.NotFoundError] },
    { route: 'fine_tuning.jobs.list', does: 'by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await train(c);
        return t.all(c.fineTuning.jobs.list({ limit: 2 }));
      },
      check: (jobs, t) => t.equal(jobs.length, 3) },
    { route: 'fine_tuning.jobs.list', does: 'those with some metadata',
      call: async (c, t) => {
        for (const a of ['1', '2']) await train(c, { metadata: { a } });
        return t.all(c.fineTuning.jobs.list({ metadata: { a: '2' } }));
      },
      check: (jobs, t) => t.equal(jobs.map((job) => job.metadata), [{ a: '2' }]) },
    { route: 'fine_tuning.jobs.list_events', does: 'all of a job',
      call: async (c, t) => {
        const job = await train(c);
        await t.session.advance('20s');
        return t.all(c.fineTuning.jobs.listEvents(job.id));
      },
      check: (events, t) => {
        t.ok(events.length > 3);
        t.ok(events.some((e) => /successfully completed/.test(e.message)));
        t.typed(events[0], { id: 'string', object: 'string', created_at: 'number',
          level: 'string', message: 'string' });
      } },
    { route: 'fine_tuning.jobs.checkpoints.list', does: 'of one that is done',
      call: async (c, t) => {
        const job = await train(c);
        await t.session.advance('20s');
        return t.all(c.fineTuning.jobs.checkpoints.list(job.id));
      },
      check: (points, t) => {
        t.ok(points.length > 0);
        t.typed(points[0], { id: 'string', fine_tuned_model_checkpoint: 'string',
          step_number: 'number', metrics: 'object', fine_tuning_job_id: 'string' });
      } },
    { route: 'fine_tuning.jobs.cancel', does: 'cancel, and too late',
      call: async (c, t) => {
        const job = await train(c);
        t.equal((await c.fineTuning.jobs.cancel(job.id)).status, 'cancelled');
        await t.fails(() => c.fineTuning.jobs.cancel(job.id), OpenAI.BadRequestError);
      } },
    { route: 'fine_tuning.jobs.pause', does: 'pause', by: ['fine_tuning.jobs.pause'],
      call: async (c, t) => {
        const job = await train(c);
        await t.session.advance('5s');
        return c.fineTuning.jobs.pause(job.id);
      },
      check: (job, t) => t.equal(job.status, 'paused') },
    { route: 'fine_tuning.jobs.resume', does: 'resume',
      call: async (c, t) => {
        const job = await train(c);
        await t.session.advance('5s');
        await c.fineTuning.jobs.pause(job.id);
        return c.fineTuning.jobs.resume(job.id);
      },
      check: (job, t) => t.ok(['queued', 'running'].includes(job.status)) },

    { route: 'batches.create', does: 'to its end',
      by: ['batches.create', 'batches.retrieve'],
      call: async (c, t) => {
        const made = await batch(c);
        t.has(made, { object: 'batch', status: 'validating', output_file_id: null });
        await t.session.advance('1h');
        return c.batches.retrieve(made.id);
      },
      check: (done, t) => t.has(done, { status: 'completed',
        completed_at: (n) => n > 0, output_file_id: (id) => id !== null }) },
    { route: 'batches.create', does: 'JSON by schema, tools',
      by: ['batches.create', 'files.content'],
      call: async (c, t) => told(c, t, await batch(c, '/v1/chat/completions',
        { ...chat, response_format: { type: 'json_schema',
          json_schema: { name: 'person', schema: person } } },
        { ...chat, tools: [weather], tool_choice: 'required' })),
      check: ([one, two], t) => {
        t.typed(JSON.parse(one.choices[0].message.content), { name: 'string' });
        t.equal(two.choices[0].message.tool_calls[0].function.name, 'get_weather');
      } },
    { route: 'batches.create', does: 'responses',
      by: ['batches.create', 'files.content'],
      call: async (c, t) => told(c, t, await batch(c, '/v1/responses',
        { model: 'gpt-5', input: 'hi', text: { format: { type: 'json_schema', name: 'person',
          schema: person } } },
        { model: 'gpt-5', input: 'hi', tools: [{ type: 'custom', name: 'run' }],
          tool_choice: 'required' })),
      check: ([one, two], t) => {
        t.has(one, { object: 'response', status: 'completed', id: /^resp_/ });
        t.typed(JSON.parse(one.output.at(-1).content[0].text), { name: 'string' });
        t.has(two.output.at(-1), { type: 'custom_tool_call', name: 'run' });
      } },
    { route: 'batches.create', does: 'lines that are wrong',
      by: ['batches.create', 'files.content'],
      call: async (c, t) => told(c, t, await batch(c, '/v1/chat/completions', { model },
        { model, messages: [7] }, { ...chat, max_tokens: 'x' }), 'error_file_id'),
      check: (bodies, t) => t.equal(bodies.map((body) => body.error.param),
        ['messages', 'messages[0]', 'max_tokens']) },
    { route: 'batches.cancel', does: 'cancel',
      call: async (c) => c.batches.cancel((await batch(c)).id),
      check: (b, t) => t.match(b.status, /^cancell(ing|ed)$/) },
    { route: 'batches.list', does: 'all',
      call: async (c, t) => {
        await batch(c);
        return t.all(c.batches.list());
      },
      check: (all, t) => t.equal(all.length, 1) },
    { route: 'batches.retrieve', does: 'unknown',
      call: (c) => c.batches.retrieve('batch_none'),
      throws: [OpenAI.NotFoundError] },

    { route: 'responses.create', does: 'text',
      call: (c) => c.responses.create({ model: 'gpt-4.1', input: 'hi' }),
      check: (r, t) => {
        t.has(r, { object: 'response', status: 'completed', error: null,
          output_text: 'This is a canned reply.' });
        t.typed(r, { id: 'string', created_at: 'number', model: 'string', tools: 'array',
          parallel_tool_calls: 'boolean', usage: { input_tokens: 'number',
            output_tokens: 'number', total_tokens: 'number' } });
      } },
    { route: 'responses.create', does: 'stream',
      call: (c, t) => t.all(c.responses.create({ model: 'gpt-4.1', input: 'hi', stream: true })),
      check: (events, t) => {
        t.equal(events.map((e) => e.sequence_number), events.map((_, i) => i));
        t.equal(events[0].type, 'response.created');
        t.equal(events.at(-1).type, 'response.completed');
        t.equal(events.filter((e) => e.type === 'response.output_text.delta')
          .map((e) => e.delta).join(''), 'This is a canned reply.');
      } },
    { route: 'responses.create', does: 'tools, by the helper',
      call: async (c, t) => {
        await t.session.rules(caller);
        return c.responses.stream({ model: 'gpt-4.1',
          input: ask('What is the weather in Paris?'), tools: [{ type: 'function',
            strict: false, ...weather.function }] }).finalResponse();
      },
      check: (r, t) => t.has(r.output.find((o) => o.type === 'function_call'),
        { name: 'get_weather', call_id: /^call_/ }) },
    { route: 'responses.create', does: 'custom tools, by the helper',
      by: ['responses.create', 'responses.retrieve'],
      call: async (c, t) => {
        await t.session.rules(coder);
        const said = { model: 'gpt-5', tools: [{ type: 'custom', name: 'run' }] };
        const stream = c.responses.stream({ ...said, input: ask('The sum?') });
        const events = [];
        for await (const event of stream) events.push(event);
        const { id, output: [thought, call] } = await stream.finalResponse();
        t.has(thought, { type: 'reasoning', id: /^rs_/ });
        t.has(call, { type: 'custom_tool_call', id: /^ctc_/, call_id: /^call_/, name: 'run',
          input: 'print(1 + 1)' });
        t.equal(events.filter((e) => e.type === 'response.custom_tool_call_input.delta')
          .map((e) => e.delta).join(''), call.input);
        t.has(events.find((e) => e.type === 'response.custom_tool_call_input.done'),
          { item_id: call.id, output_index: 1, input: call.input });
        t.equal(events.map((e) => e.sequence_number), events.map((_, i) => i));
        const again = [];
        for await (const event of await c.responses.retrieve(id, { stream: true }))
          again.push(event.type);
        t.equal([...new Set(again)], [...new Set(events.map((e) => e.type))]);
        await t.fails(() => c.responses.create({ ...said, input: 'And?',
          previous_response_id: id }), OpenAI.BadRequestError, { param: 'input' });
        return c.responses.create({ ...said, previous_response_id: id,
          input: [{ type: 'custom_tool_call_output', call_id: call.call_id, output: '2' }] });
      },
      check: (r, t) => t.equal(r.output_text, 'It is 2.') },
    { route: 'responses.create', does: 'tools that are chosen, allowed',
      call: async (c, t) => {
        const said = { model: 'gpt-5', input: 'hi', tools: [
          { type: 'function', strict: false, ...weather.function }, { type: 'custom', name: 'run' }] };
        const chosen = await c.responses.create({ ...said,
          tool_choice: { type: 'custom', name: 'run' } });
        t.has(chosen.output.at(-1), { type: 'custom_tool_call', name: 'run' });
        return c.responses.create({ ...said, tool_choice: { type: 'allowed_tools',
          mode: 'required', tools: [{ type: 'function', name: 'get_weather' }] } });
      },
      check: (r, t) => t.has(r.output.at(-1), { type: 'function_call', name: 'get_weather' }) },
    { route: 'responses.create', does: 'thinks, and takes its thoughts back',
      call: async (c, t) => {
        const said = { model: 'o3', store: false, include: ['reasoning.encrypted_content'] };
        const { output, output_text } = await c.responses.create({ ...said, input: 'hi' });
        t.equal(output_text, 'This is a canned reply.');
        t.has(output[0], { type: 'reasoning', summary: [] });
        t.typed(output[0], { encrypted_content: 'string' });
        const more = [...ask('hi'), ...output, ...ask('And?')];
        t.equal((await c.responses.stream({ ...said, input: more }).finalResponse()).output
          .map((item) => item.type), ['reasoning', 'message']);
        await t.session.rules({ replies: [{ reasoning: 'It is a sum.', text: '4' }] });
        return c.responses.stream({ model: 'gpt-4.1', input: 'hi' }).finalResponse();
      },
      check: (r, t) => t.equal(r.output[0].summary, [{ type: 'summary_text', text: 'It is a sum.' }]) },
    { route: 'responses.create', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, () => c.responses.create(
          { model: 'gpt-4.1', input: 'hi', stream: true }));
      } },
    { route: 'responses.create', does: 'refused',
      call: async (c, t) => {
        await t.fails(() => c.responses.create({ model: 'gpt-4.1' }), OpenAI.BadRequestError);
        await t.fails(() => c.responses.create({ input: 'x' }), OpenAI.BadRequestError);
        await t.fails(() => c.responses.create({ model: 'none', input: 'x' }), OpenAI.APIError,
          { code: 'model_not_found' });
      } },
    { route: 'responses.create', does: 'refused by the model',
      call: async (c, t) => {
        const refused = (request, members) => t.fails(() => c.responses.create(
          { model: 'gpt-4o', input: 'x', ...request }), OpenAI.BadRequestError, members);
        const long = 'word '.repeat(150000);
        for (const input of [long, [{ role: 'user', content: [{ type: 'input_text', text: long }] }]])
          await refused({ input }, { code: 'context_length_exceeded', param: 'input' });
        await refused({ input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
          { param: 'input[0].content[0].type' });
        await refused({ model: 'o3', temperature: 0.5 }, { param: 'temperature' });
        await refused({ reasoning: { effort: 'low' } }, { param: 'reasoning.effort' });
        await refused({ text: { format: { type: 'json_object' } } }, { message: /the word 'json'/ });
        // A picture has few tokens, however many bytes.
        const image_url = `data:image/png;base64,${'A'.repeat(400000)}`;
        return c.responses.create({ model: 'gpt-4o', truncation: 'disabled', input: [
          { role: 'user', content: [{ type: 'input_image', image_url, detail: 'low' }] }] });
      },
      check: (r, t) => t.equal(r.status, 'completed') },

    { route: 'responses.create', does: 'kept, goes on, is deleted',
      by: ['responses.create', 'responses.retrieve', 'responses.delete'],
      call: async (c, t) => {
        await t.session.rules({ replies: [{ prompt: '~my name',
          history: '~name is (?<name>\\w+)', text: 'You are {{ m.name }}.' }] });
        const first = await c.responses.create({ model: 'gpt-4.1', input: 'My name is Ada.' });
        const second = await c.responses.create({ model: 'gpt-4.1', input: 'Say my name.',
          previous_response_id: first.id });
        t.equal(second.output_text, 'You are Ada.');
        t.equal((await c.responses.retrieve(second.id)).output_text, 'You are Ada.');
        await c.responses.delete(first.id);
        await t.fails(() => c.responses.retrieve(first.id), OpenAI.NotFoundError);
      } },
    { route: 'responses.input_items.list', does: 'what was asked',
      by: [],
      call: async (c, t) => {
        const { id } = await c.responses.create({ model: 'gpt-4.1', input: 'hi' });
        return t.all(c.responses.inputItems.list(id));
      },
      check: (items, t) => t.has(items[0], { type: 'message', role: 'user' }) },
    { route: 'responses.cancel', does: 'in the background, and canceled', by: [],
      call: async (c, t) => {
        const slow = await c.responses.create({ model: 'gpt-4.1', input: 'hi', background: true });
        t.match(slow.status, /^(queued|in_progress)$/);
        t.equal((await c.responses.cancel(slow.id)).status, 'cancelled');
        const other = await c.responses.create({ model: 'gpt-4.1', input: 'hi', background: true });
        await t.session.advance('1m');
        return c.responses.retrieve(other.id);
      },
      check: (r, t) => t.has(r, { status: 'completed', output_text: 'This is a canned reply.' }) },
    { route: 'responses.input_tokens.count', does: 'count',
      call: (c) => c.responses.inputTokens.count({ model: 'gpt-4.1', input: 'hi there' }),
      check: (r, t) => t.ok(r.input_tokens > 0) },
    { route: 'responses.retrieve', does: 'in the background, as a stream',
      call: async (c, t) => {
        await t.session.resume();
        const { id } = await c.responses.create({ model: 'gpt-4.1', input: 'hi', background: true });
        const events = await t.all(c.responses.retrieve(id, { stream: true, starting_after: 1 }));
        return { events, r: await c.responses.retrieve(id) };
      },
      check: ({ events, r }, t) => {
        t.equal(events[0].sequence_number, 2);
        t.equal(events.at(-1).type, 'response.completed');
        t.equal(r.status, 'completed');
        t.equal(events.filter((e) => e.type === 'response.output_text.delta')
          .map((e) => e.delta).join(''), r.output_text);
      } },
    { route: 'responses.retrieve', does: 'as a stream, by the helper',
      call: async (c, t) => {
        await t.session.resume();
        const { id } = await c.responses.create({ model: 'gpt-4.1', input: 'hi' });
        return c.responses.stream({ response_id: id }).finalResponse();
      },
      check: (r, t) => t.equal(r.output_text, 'This is a canned reply.') },
    { route: 'responses.compact', does: 'made short, and gone on from',
      call: async (c, t) => {
        await t.session.rules({ replies: [{ prompt: '~name',
          history: '~My name is (?<name>\\w+)', text: '{{ m.name }}' }] });
        const short = await c.responses.compact({ model: 'gpt-5', input: [
          { role: 'user', content: 'My name is Ada.' }, { role: 'assistant', content: 'Hi.' }] });
        const r = await c.responses.create({ model: 'gpt-5',
          input: [...short.output.slice(-1), { role: 'user', content: 'My name?' }] });
        return { short, r };
      },
      check: ({ short, r }, t) => {
        t.typed(short, { id: 'string', created_at: 'number', output: 'array', usage: 'object' });
        t.equal(short.object, 'response.compaction');
        t.equal(short.output.at(-1).type, 'compaction');
        t.equal(r.output_text, 'Ada');
      } },
    { route: 'responses.compact', does: 'unknown model',
      call: (c) => c.responses.compact({ model: 'gpt-none', input: 'hi' }),
      throws: [OpenAI.BadRequestError] },

    ...media,
    ...assistants,
    ...vectorStores,
    ...failures,

    { route: 'completions.create', does: 'several texts',
      call: (c) => c.completions.create({ model: 'gpt-3.5-turbo-instruct',
        prompt: ['a', 'b'], n: 2, echo: true, logprobs: 1 }),
      check: (r, t) => {
        t.typed(r, { id: 'string', created: 'number', model: 'string', choices: 'array', usage });
        t.has(r, { object: 'text_completion' });
        t.equal(r.choices.map((choice) => choice.index), [0, 1, 2, 3]);
        t.has(r.choices[3], { text: 'bThis is a canned reply.', finish_reason: 'stop' });
        t.typed(r.choices[0].logprobs, { tokens: 'array', token_logprobs: 'array',
          top_logprobs: 'array', text_offset: 'array' });
      } },
    { route: 'completions.create', does: 'stream',
      call: (c, t) => t.all(c.completions.create({ model: 'gpt-3.5-turbo-instruct',
        prompt: 'a', stream: true, stream_options: { include_usage: true } })),
      check: (events, t) => {
        t.equal(events.map((e) => e.choices[0]?.text ?? '').join(''), 'This is a canned reply.');
        t.typed(events.at(-1), { usage });
      } },
    { route: 'completions.create', does: 'stream in pieces',
      call: async (c, t) => {
        await t.session.rules(slow);
        await t.paced(t.session, () => c.completions.create(
          { model: 'gpt-3.5-turbo-instruct', prompt: 'a', stream: true }));
      } },
    { route: 'completions.create', does: 'a chat model',
      call: (c) => c.completions.create({ model, prompt: 'a' }),
      throws: [OpenAI.NotFoundError, { status: 404, param: 'model' }] },

    { route: 'chat.completions.list', does: 'stored, by pages',
      call: async (c, t) => {
        for (let i = 0; i < 3; i++) await c.chat.completions.create({ ...chat, store: i !== 1 });
        return t.all(c.chat.completions.list({ limit: 1 }));
      },
      check: (stored, t) => {
        t.equal(stored.length, 2);
        t.typed(stored[0], { id: 'string', created: 'number', model: 'string',
          choices: 'array', usage, metadata: 'object' });
      } },
    { route: 'chat.completions.list', does: 'those with some metadata',
      call: async (c, t) => {
        for (const a of ['1', '2'])
          await c.chat.completions.create({ ...chat, store: true, metadata: { a } });
        return t.all(c.chat.completions.list({ metadata: { a: '2' } }));
      },
      check: (stored, t) => t.equal(stored.map((r) => r.metadata), [{ a: '2' }]) },
    { route: 'chat.completions.retrieve', does: 'one told as a stream',
      call: async (c, t) => {
        const [event] = await t.all(c.chat.completions.create({ ...chat, store: true, stream: true }));
        return c.chat.completions.retrieve(event.id);
      },
      check: (r, t) => t.has(r.choices[0].message, { content: 'This is a canned reply.' }) },
    { route: 'chat.completions.retrieve', does: 'unknown',
      call: (c) => c.chat.completions.retrieve('chatcmpl-none'),
      throws: [OpenAI.NotFoundError, { status: 404 }] },
    { route: 'chat.completions.update', does: 'metadata',
      call: async (c) => c.chat.completions.update(
        (await c.chat.completions.create({ ...chat, store: true })).id, { metadata: { a: 'b' } }),
      check: (r, t) => t.has(r, { object: 'chat.completion', metadata: { a: 'b' } }) },
    { route: 'chat.completions.messages.list', does: 'what was asked',
      call: async (c, t) => t.all(c.chat.completions.messages.list(
        (await c.chat.completions.create({ ...chat, store: true })).id)),
      check: (messages, t) => {
        t.equal(messages.length, 1);
        t.typed(messages[0], { id: 'string', content: 'string?', refusal: 'string?', role: 'string' });
        t.has(messages[0], { content: 'hi' });
      } },
    { route: 'chat.completions.delete', does: 'delete',
      call: async (c) => c.chat.completions.delete(
        (await c.chat.completions.create({ ...chat, store: true })).id),
      check: (r, t) => t.has(r, { deleted: true, object: 'chat.completion.deleted' }) },

    { route: 'chat.completions.create', does: 'JSON by a schema',
      call: (c) => c.chat.completions.create({ ...chat, response_format: { type: 'json_schema',
        json_schema: { name: 'n', strict: true, schema: { type: 'object',
          properties: { n: { type: 'integer' } }, required: ['n'],
          additionalProperties: false } } } }),
      check: (r, t) => t.typed(JSON.parse(r.choices[0].message.content), { n: 'number' }) },
    { route: 'chat.completions.create', does: 'rate limit headers',
      call: (c) => c.chat.completions.create(chat).withResponse(),
      check: ({ response }, t) => {
        for (const what of ['limit', 'remaining', 'reset'])
          for (const of of ['requests', 'tokens'])
            t.ok(response.headers.get(`x-ratelimit-${what}-${of}`), `${what} ${of}`);
      } },
    { route: 'chat.completions.create', does: 'an error in the stream',
      call: async (c, t) => {
        await t.session.rules({ replies: [{ text: 'one two three', error: {
          status: 500, type: 'server_error', message: 'sorry', after: 1 } }] });
        return t.all(c.chat.completions.create({ ...chat, stream: true }));
      },
      throws: [OpenAI.APIError] },
    { route: 'chat.completions.create', scenario: 'successful_conversation', does: 'three turns',
      call: async (c, t) => {
        const messages = [];
        for (const content of ['Hello', 'What can you do?', 'Thank you']) {
          messages.push({ role: 'user', content });
          const answer = await c.chat.completions.create({ model, messages });
          t.ok(answer.choices[0].message.content.length > 0);
          messages.push(answer.choices[0].message);
        }
      } },
    { route: 'chat.completions.create', scenario: 'tool_usage', does: 'calls what is offered',
      call: (c) => c.chat.completions.create({ ...chat, tools: [weather] }),
      check: (r, t) => t.typed(JSON.parse(
        r.choices[0].message.tool_calls[0].function.arguments), { city: 'string' }) },
    { route: 'chat.completions.create', scenario: 'tool_usage', does: 'tells what it was told',
      call: async (c, t) => {
        const messages = ask('hi');
        const { message } = (await c.chat.completions.create(
          { ...chat, tools: [weather] })).choices[0];
        messages.push(message, ...message.tool_calls.map(({ id }) => (
          { role: 'tool', tool_call_id: id, content: 'sunny' })));
        return c.chat.completions.create({ model, messages, tools: [weather] });
      },
      check: (r, t) => {
        t.equal(r.choices[0].finish_reason, 'stop');
        t.ok(r.choices[0].message.content.length > 0);
      } },
    { route: 'chat.completions.create', scenario: 'smart', does: 'sums',
      call: (c) => c.chat.completions.create({ model, messages: ask('What is 17 + 25?') }),
      check: (r, t) => t.match(r.choices[0].message.content, /42/) },
    { route: 'responses.create', scenario: 'smart', does: 'sums',
      call: (c) => c.responses.create({ model, input: 'What is 17 + 25?' }),
      check: (r, t) => t.match(r.output_text, /42/) },
    { route: 'chat.completions.create', scenario: 'rate_limited',
      by: ['rate_limited', 'chat.completions.create'], does: '429 says when, then again',
      call: async (c, t) => {
        let error;
        for (let i = 0; i < 200 && !error; i++)
          await c.chat.completions.create(chat, { maxRetries: 0 })
            .catch((caught) => { error = caught; });
        t.ok(error instanceof OpenAI.RateLimitError);
        t.ok(error.headers.get('retry-after'));
        await t.session.advance('1m');
        return c.chat.completions.create(chat, { maxRetries: 0 });
      } },
    { route: 'chat.completions.create', scenario: 'timeouts',
      by: ['timeouts', 'chat.completions.create'], does: 'two timeouts',
      call: async (c, t) => {
        await t.timeOut(t.session, 'timeouts', 2, () => c.chat.completions.create(chat,
          { maxRetries: 0, timeout: 500 }), OpenAI.APIConnectionTimeoutError);
        return c.chat.completions.create(chat);
      } },
    { route: 'chat.completions.create', scenario: 'slow', by: ['slow', 'chat.completions.create'],
      does: 'a stream, word by word',
      call: (c, t) => t.paced(t.session,
        () => c.chat.completions.create({ ...chat, stream: true })) },
    { route: 'chat.completions.create', scenario: 'malformed', by: 'malformed',
      does: 'broken JSON, a cut body',
      call: async (c, t) => {
        for (let i = 0; i < 2; i++)
          await t.fails(() => c.chat.completions.create(chat, { maxRetries: 0 }), Error);
      } },
    { route: 'responses.create', scenario: 'smart', does: 'remembers',
      calls: 2, call: async (c) => {
        const first = await c.responses.create({ model: 'gpt-4.1', input: 'my name is Ada' });
        return c.responses.create({ model: 'gpt-4.1', input: 'what is my name?',
          previous_response_id: first.id });
      },
      check: (r, t) => t.has(r, { output_text: 'Your name is Ada.',
        previous_response_id: /^resp_/ }) },
    { route: 'responses.create', does: 'goes on from nothing',
      call: (c) => c.responses.create({ model: 'gpt-4.1', input: 'x',
        previous_response_id: 'resp_none' }),
      throws: [OpenAI.BadRequestError, { code: 'previous_response_not_found' }] },
    { route: 'responses.create', does: 'results of tools',
      call: async (c, t) => {
        await t.session.rules(caller);
        const tools = [{ type: 'function', strict: false, ...weather.function }];
        const said = { model: 'gpt-4.1', tools };
        const { id, output } = await c.responses.create({ ...said,
          input: 'What is the weather in Paris?' });
        await t.fails(() => c.responses.create({ ...said, input: 'And?',
          previous_response_id: id }), OpenAI.BadRequestError, { param: 'input' });
        return c.responses.create({ ...said, previous_response_id: id,
          input: [{ type: 'function_call_output', call_id: output[0].call_id,
            output: 'sunny' }] });
      },
      check: (r, t) => t.equal(r.output_text, 'It is sunny.') },
    { route: 'conversations.create', does: 'gone on by responses, plain and streamed',
      by: ['conversations.create', 'responses.create', 'conversations.items.list'],
      call: async (c, t) => {
        await t.session.rules({ replies: [{ prompt: '~my name', history: '~name is (?<name>\\w+)',
          text: 'Your name is {{ m.name }}.' }] });
        const { id, ...made } = await c.conversations.create({ metadata: { a: 'b' },
          items: [{ role: 'user', content: 'My name is Ada' }] });
        t.has(made, { object: 'conversation', metadata: { a: 'b' } });
        t.typed(made, { created_at: 'number' });
        const ask = { model, input: 'What is my name?' };
        const told = await c.responses.create({ ...ask, conversation: id });
        t.has(told, { output_text: 'Your name is Ada.', conversation: { id } });
        await c.responses.stream({ ...ask, conversation: { id } }).finalResponse();
        await c.responses.create({ ...ask, conversation: id, background: true });
        const before = (await c.conversations.items.list(id)).data.length;
        await t.session.advance('3s');
        t.equal(before, 5);
        return t.all(c.conversations.items.list(id, { limit: 2, order: 'asc' }));
      },
      check: (items, t) => {
        t.equal(items.map((item) => item.role), ['user',
          ...Array(3).fill(['user', 'assistant']).flat()]);
        t.equal(items[2].content[0].text, 'Your name is Ada.');
        t.equal(new Set(items.map((item) => item.id)).size, 7);
      } },
    { route: 'conversations.create', does: 'results of tools',
      by: ['conversations.create', 'responses.create'],
      call: async (c, t) => {
        await t.session.rules(caller);
        const said = { model, tools: [{ type: 'function', strict: false, ...weather.function }],
          conversation: (await c.conversations.create()).id };
        const { output: [call] } = await c.responses.create({ ...said, input: 'The weather?' });
        await t.fails(() => c.responses.create({ ...said, input: 'And?' }),
          OpenAI.BadRequestError, { param: 'input' });
        return c.responses.create({ ...said, input: [
          { type: 'function_call_output', call_id: call.call_id, output: 'sunny' }] });
      },
      check: (r, t) => t.equal(r.output_text, 'It is sunny.') },
    { route: 'conversations.create', by: ['conversations.create', 'responses.create'],
      does: 'refused',
      call: async (c, t) => {
        const bad = [OpenAI.BadRequestError, { status: 400 }];
        await t.fails(() => c.conversations.create({ items: [{ role: 'robot', content: 'x' }] }),
          ...bad);
        await t.fails(() => c.conversations.create({ items: Array(21).fill(
          { role: 'user', content: 'x' }) }), ...bad);
        await t.fails(() => c.responses.create({ model, input: 'x', conversation: 'conv_none' }),
          OpenAI.NotFoundError);
        await t.fails(() => c.responses.create({ model, input: 'x', conversation: 'conv_none',
          previous_response_id: 'resp_none' }), OpenAI.BadRequestError,
        { code: 'mutually_exclusive_parameters' });
      } },
    { route: 'conversations.items.create', does: 'added, fetched, deleted',
      by: ['conversations.items.create', 'conversations.items.retrieve',
        'conversations.items.delete'],
      call: async (c, t) => {
        const { id } = await c.conversations.create();
        const { data: [one, two] } = await c.conversations.items.create(id, { items: [
          { role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }] });
        t.has(two, { type: 'message', role: 'assistant', status: 'completed' });
        const at = { conversation_id: id };
        t.equal(await c.conversations.items.retrieve(one.id, at), one);
        t.has(await c.conversations.items.delete(one.id, at), { id, object: 'conversation' });
        return c.conversations.items.retrieve(one.id, at);
      },
      throws: [OpenAI.NotFoundError] },
    { route: 'conversations.retrieve', does: 'changed, deleted',
      by: ['conversations.update', 'conversations.retrieve', 'conversations.delete'],
      call: async (c, t) => {
        const { id } = await c.conversations.create({ metadata: { a: 'b' } });
        await c.conversations.update(id, { metadata: { c: 'd' } });
        t.has(await c.conversations.retrieve(id), { id, metadata: { c: 'd' } });
        t.equal(await c.conversations.delete(id),
          { id, object: 'conversation.deleted', deleted: true });
        return c.conversations.retrieve(id);
      },
      throws: [OpenAI.NotFoundError, { message: /Conversation with id/ }] },
    { route: 'responses.create', does: 'JSON by schema',
      call: (c) => c.responses.parse({ model: 'gpt-4.1', input: 'hi', text: { format: {
        type: 'json_schema', name: 'person', strict: true, schema: { type: 'object',
          properties: { name: { type: 'string' } }, required: ['name'],
          additionalProperties: false } } } }),
      check: (r, t) => t.typed(JSON.parse(r.output_text), { name: 'string' }) },
    { route: 'responses.retrieve', does: 'stored',
      call: async (c) => c.responses.retrieve(
        (await c.responses.create({ model: 'gpt-4.1', input: 'hi', metadata: { a: 'b' } })).id),
      check: (r, t) => t.has(r, { status: 'completed', metadata: { a: 'b' } }) },
    { route: 'responses.retrieve', does: 'not stored',
      call: async (c) => c.responses.retrieve(
        (await c.responses.create({ model: 'gpt-4.1', input: 'hi', store: false })).id),
      throws: [OpenAI.NotFoundError] },
    { route: 'responses.retrieve', does: 'in the background',
      call: async (c, t) => {
        const { id, status } = await c.responses.create(
          { model: 'gpt-4.1', input: 'hi', background: true });
        await t.session.advance('1s');
        const then = await c.responses.retrieve(id);
        await t.session.advance('2s');
        return [status, then.status, await c.responses.retrieve(id)];
      },
      check: ([first, then, last], t) => {
        t.equal([first, then], ['queued', 'in_progress']);
        t.has(last, { status: 'completed',
          output: (o) => o[0].content[0].text === 'This is a canned reply.' });
      } },
    { route: 'responses.cancel', does: 'not in the background',
      call: async (c) => c.responses.cancel(
        (await c.responses.create({ model: 'gpt-4.1', input: 'hi' })).id),
      throws: [OpenAI.BadRequestError] },
    { route: 'responses.input_items.list', does: 'pages',
      call: async (c, t) => {
        const { id } = await c.responses.create({ model: 'gpt-4.1',
          input: [...ask('one'), ...ask('two'), ...ask('three')] });
        return t.all(c.responses.inputItems.list(id, { order: 'asc', limit: 2 }));
      },
      check: (items, t) => t.equal(items.map((i) => i.content[0].text),
        ['one', 'two', 'three']) },

    { route: 'realtime.clientSecrets.create', does: 'create',
      call: (c) => c.realtime.clientSecrets.create({ session: { type: 'realtime' } }),
      check: (s, t) => t.has(s, { value: /^ek_/, session: { type: 'realtime' } }) },
    { route: 'realtime.connect', does: 'text',
      call: async (c, t) => {
        await t.session.resume();
        const rt = await talk(c);
        rt.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
        await rt.until('session.updated');
        rt.send(message('hi'));
        rt.send({ type: 'response.create' });
        await rt.until('response.done');
        rt.close();
        return rt.events;
      },
      check: (events, t) => {
        t.equal(events.filter((e) => e.type === 'response.output_text.delta')
          .map((e) => e.delta).join(''), 'This is a canned reply.');
        t.has(events.find((e) => e.type === 'response.done').response,
          { status: 'completed', output: (o) => o.length === 1 });
      } },
    { route: 'realtime.connect', does: 'the beta',
      call: async (c, t) => {
        await t.session.resume();
        const rt = await talk(c, BetaRealtimeWS);
        rt.send({ type: 'session.update', session: { modalities: ['text'], voice: 'verse' } });
        t.has((await rt.until('session.updated')).session,
          { voice: 'verse', input_audio_format: 'pcm16', max_response_output_tokens: 'inf' });
        rt.send(message('hi'));
        await rt.until('conversation.item.created');
        rt.send({ type: 'response.create' });
        const done = await rt.until('response.done');
        rt.close();
        t.equal(rt.events.filter((e) => e.type === 'response.text.delta')
          .map((e) => e.delta).join(''), 'This is a canned reply.');
        return done.response.output[0].content;
      },
      check: (content, t) => t.equal(content,
        [{ type: 'text', text: 'This is a canned reply.' }]) },
    { route: 'realtime.connect', does: 'sound',
      call: async (c, t) => {
        await t.session.resume();
        const rt = await talk(c);
        const sound = (bytes, value) => rt.send({ type: 'input_audio_buffer.append',
          audio: Buffer.alloc(bytes, value).toString('base64') });
        sound(9600, 0x33);
        await rt.until('input_audio_buffer.speech_started');
        sound(19200, 0);
        await rt.until('response.done');
        rt.close();
        return rt.events;
      },
      check: (events, t) => {
        const types = events.map((e) => e.type);
        t.ok(types.indexOf('input_audio_buffer.speech_stopped') <
          types.indexOf('input_audio_buffer.committed'));
        t.ok(events.some((e) => e.type === 'response.output_audio.delta' &&
          Buffer.from(e.delta, 'base64').length === 4800));
      } },
    { route: 'realtime.connect', does: 'tools',
      call: async (c, t) => {
        await t.session.resume();
        await t.session.rules(caller);
        const rt = await talk(c);
        rt.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'],
          tools: [{ type: 'function', ...weather.function }] } });
        rt.send(message('What is the weather?'));
        rt.send({ type: 'response.create' });
        const call = await rt.until('response.function_call_arguments.done');
        await rt.until('response.done');
        rt.send({ type: 'conversation.item.create', item: { type: 'function_call_output',
          call_id: call.call_id, output: 'sunny' } });
        rt.send({ type: 'response.create' });
        await rt.until('response.output_text.done');
        rt.close();
        return rt.events;
      },
      check: (events, t) => t.has(events.findLast((e) => e.type === 'response.output_text.done'),
        { text: 'It is sunny.' }) },
    { route: 'realtime.connect', does: 'errors',
      call: async (c, t) => {
        await t.session.resume();
        const rt = await talk(c);
        rt.send({ type: 'response.cancel' });
        rt.send({ type: 'input_audio_buffer.commit' });
        await rt.until('error');
        await rt.until('error');
        rt.close();
        return rt.events.filter((e) => e.type === 'error').map((e) => e.error.code);
      },
      check: (codes, t) => t.equal(codes,
        ['response_cancel_not_active', 'input_audio_buffer_commit_empty']) },
    { route: 'realtime.connect', scenario: 'disconnects', does: 'dropped, then again',
      calls: 2, call: async (c, t) => {
        await t.session.resume();
        const first = await talk(c);
        first.send(message('hi'));
        await first.closed;
        const second = await talk(c);
        second.send(message('hi'));
        await second.until('conversation.item.done');
        second.close();
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
