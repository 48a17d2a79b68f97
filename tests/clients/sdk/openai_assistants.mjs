// Rows of openai.mjs: assistants, threads, messages, runs, steps.
import OpenAI from 'openai';

const model = 'gpt-4o';
const weather = { type: 'function', function: { name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } },
    required: ['city'] } } };
const caller = { replies: [
  { prompt: '~weather', tool_calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] },
  { tool_result: '~sunny', text: 'It is sunny.' }] };
const assist = (c, more = {}) => c.beta.assistants.create({ model, name: 'helper', ...more });
const thread = (c, content = 'hi') =>
  c.beta.threads.create({ messages: [{ role: 'user', content }] });
// A run that has just begun, and the ids that all calls about it want.
const begin = async (c, more = {}, content = 'hi') => {
  const { id: thread_id } = await thread(c, content);
  const { id: assistant_id } = await assist(c, more);
  const run = await c.beta.threads.runs.create(thread_id, { assistant_id });
  return { thread_id, run, runs: c.beta.threads.runs,
    again: () => c.beta.threads.runs.retrieve(run.id, { thread_id }) };
};
const said = async (c, thread_id) =>
  (await c.beta.threads.messages.list(thread_id)).data[0].content[0].text.value;

export default [
  { route: 'assistants.create', does: 'create, list, retrieve, update, delete',
    by: ['create', 'list', 'retrieve', 'update', 'delete'].map((what) => `assistants.${what}`),
    call: async (c, t) => {
      const made = await assist(c, { tools: [weather] });
      t.has(made, { id: /^asst_/, object: 'assistant', name: 'helper', model });
      t.ok((await t.all(c.beta.assistants.list())).some((a) => a.id === made.id));
      t.equal((await c.beta.assistants.retrieve(made.id)).tools.length, 1);
      t.equal((await c.beta.assistants.update(made.id, { name: 'x' })).name, 'x');
      t.has(await c.beta.assistants.delete(made.id), { id: made.id, deleted: true });
      await t.fails(() => c.beta.assistants.retrieve(made.id), OpenAI.NotFoundError);
    } },
  { route: 'threads.create', does: 'create, retrieve, update, delete',
    by: ['create', 'retrieve', 'update', 'delete'].map((what) => `threads.${what}`),
    call: async (c, t) => {
      const { id } = await thread(c);
      t.has(await c.beta.threads.retrieve(id), { id, object: 'thread' });
      const changed = await c.beta.threads.update(id, { metadata: { a: 'b' } });
      t.equal(changed.metadata, { a: 'b' });
      t.has(await c.beta.threads.delete(id), { id, deleted: true });
      await t.fails(() => c.beta.threads.retrieve(id), OpenAI.NotFoundError);
    } },
  { route: 'threads.messages.create', does: 'create, list, retrieve, update, delete',
    by: ['create', 'list', 'retrieve', 'update', 'delete']
      .map((what) => `threads.messages.${what}`),
    call: async (c, t) => {
      const { id: thread_id } = await c.beta.threads.create();
      const { messages } = c.beta.threads;
      const made = await messages.create(thread_id, { role: 'user', content: 'one' });
      t.has(made, { id: /^msg_/, object: 'thread.message', role: 'user', thread_id });
      await messages.create(thread_id, { role: 'user', content: 'two' });
      const all = await t.all(messages.list(thread_id, { order: 'asc', limit: 1 }));
      t.equal(all.map((m) => m.content[0].text.value), ['one', 'two']);
      t.equal((await messages.retrieve(made.id, { thread_id })).id, made.id);
      t.equal((await messages.update(made.id, { thread_id, metadata: { a: 'b' } })).metadata,
        { a: 'b' });
      t.equal((await messages.delete(made.id, { thread_id })).deleted, true);
    } },
  { route: 'threads.runs.create', does: 'queued, in_progress, completed, with its message',
    by: ['threads.runs.create', 'threads.runs.retrieve', 'threads.messages.list'],
    call: async (c, t) => {
      const { thread_id, run, again } = await begin(c);
      t.has(run, { object: 'thread.run', status: 'queued', usage: null, required_action: null });
      const states = [run.status];
      for (let i = 0; i < 40; i++) {
        await t.session.advance('250ms');
        const { status } = await again();
        if (states.at(-1) !== status) states.push(status);
      }
      t.equal(states, ['queued', 'in_progress', 'completed']);
      t.equal(await said(c, thread_id), 'This is a canned reply.');
      return again();
    },
    check: (run, t) => t.typed(run, { completed_at: 'number', usage: {
      prompt_tokens: 'number', completion_tokens: 'number', total_tokens: 'number' } }) },
  { route: 'threads.runs.create', does: 'polled by the helper',
    by: ['threads.runs.create', 'threads.runs.retrieve'],
    call: async (c, t) => {
      await t.session.resume();
      const { id } = await thread(c);
      return c.beta.threads.runs.createAndPoll(id, { assistant_id: (await assist(c)).id },
        { pollIntervalMs: 20 });
    },
    check: (run, t) => t.equal(run.status, 'completed') },
  { route: 'threads.runs.submit_tool_outputs', does: 'requires_action, then completed',
    by: ['threads.runs.create', 'threads.runs.submit_tool_outputs', 'threads.runs.steps.list',
      'threads.runs.steps.retrieve'],
    call: async (c, t) => {
      await t.session.rules(caller);
      const { thread_id, run, runs, again } = await begin(c, { tools: [weather] },
        'the weather in Paris?');
      await t.session.advance('20s');
      const waiting = await again();
      t.equal(waiting.status, 'requires_action');
      const [call] = waiting.required_action.submit_tool_outputs.tool_calls;
      t.has(call, { id: /^call_/, type: 'function', function: { name: 'get_weather' } });
      await runs.submitToolOutputs(run.id, { thread_id,
        tool_outputs: [{ tool_call_id: call.id, output: 'sunny' }] });
      await t.session.advance('20s');
      t.equal((await again()).status, 'completed');
      t.equal(await said(c, thread_id), 'It is sunny.');
      const steps = await t.all(runs.steps.list(run.id, { thread_id }));
      t.equal(steps.map((step) => step.type).sort(), ['message_creation', 'tool_calls']);
      return runs.steps.retrieve(steps[0].id, { thread_id, run_id: run.id });
    },
    check: (step, t) => t.has(step, { object: 'thread.run.step', status: 'completed' }) },
  { route: 'threads.runs.cancel', does: 'cancel',
    call: async (c, t) => {
      const { thread_id, run, runs, again } = await begin(c);
      t.match((await runs.cancel(run.id, { thread_id })).status, /^cancell(ing|ed)$/);
      await t.session.advance('20s');
      return again();
    },
    check: (run, t) => t.equal(run.status, 'cancelled') },
  { route: 'threads.runs.retrieve', does: 'expired, without tool outputs',
    call: async (c, t) => {
      await t.session.rules(caller);
      const { again } = await begin(c, { tools: [weather] }, 'the weather in Paris?');
      await t.session.advance('20s');
      t.equal((await again()).status, 'requires_action');
      await t.session.advance('11m');
      return again();
    },
    check: (run, t) => t.equal(run.status, 'expired') },
  { route: 'threads.runs.list', does: 'all of a thread',
    call: async (c, t) => {
      const { thread_id, runs } = await begin(c);
      return t.all(runs.list(thread_id));
    },
    check: (all, t) => t.equal(all.length, 1) },
  { route: 'threads.runs.update', does: 'metadata',
    call: async (c) => {
      const { thread_id, run, runs } = await begin(c);
      return runs.update(run.id, { thread_id, metadata: { a: 'b' } });
    },
    check: (run, t) => t.equal(run.metadata, { a: 'b' }) },
  { route: 'threads.runs.create', does: 'stream',
    call: async (c, t) => {
      await t.session.resume();
      const { id } = await thread(c);
      return t.all(c.beta.threads.runs.create(id,
        { assistant_id: (await assist(c)).id, stream: true }));
    },
    check: (events, t) => {
      t.equal(events[0].event, 'thread.run.created');
      t.ok(events.some((e) => e.event === 'thread.run.completed'));
      t.equal(events.filter((e) => e.event === 'thread.message.delta')
        .map((e) => e.data.delta.content[0].text.value).join(''), 'This is a canned reply.');
    } },
  { route: 'threads.runs.create', does: 'stream in pieces',
    call: async (c, t) => {
      const { id } = await thread(c);
      const { id: assistant_id } = await assist(c);
      await t.paced(t.session,
        () => c.beta.threads.runs.create(id, { assistant_id, stream: true }));
    } },
  { route: 'threads.runs.submit_tool_outputs', does: 'stream, by the helper',
    call: async (c, t) => {
      await t.session.resume();
      await t.session.rules(caller);
      const { id: thread_id } = await thread(c, 'the weather in Paris?');
      const { id: assistant_id } = await assist(c, { tools: [weather] });
      const first = await c.beta.threads.runs.stream(thread_id, { assistant_id }).finalRun();
      t.equal(first.status, 'requires_action');
      const [call] = first.required_action.submit_tool_outputs.tool_calls;
      return c.beta.threads.runs.submitToolOutputsStream(first.id, { thread_id,
        tool_outputs: [{ tool_call_id: call.id, output: 'sunny' }] }).finalMessages();
    },
    check: (messages, t) => t.equal(messages[0].content[0].text.value, 'It is sunny.') },
  { route: 'threads.create_and_run', does: 'plain and streamed',
    call: async (c, t) => {
      const body = { assistant_id: (await assist(c)).id,
        thread: { messages: [{ role: 'user', content: 'hi' }] } };
      t.has(await c.beta.threads.createAndRun(body), { object: 'thread.run', status: 'queued' });
      await t.session.resume();
      return t.all(c.beta.threads.createAndRun({ ...body, stream: true }));
    },
    check: (events, t) => {
      t.equal(events[0].event, 'thread.created');
      t.ok(events.some((e) => e.event === 'thread.run.completed'));
    } },
  { route: 'threads.runs.create', does: 'unknown assistant',
    call: async (c) => c.beta.threads.runs.create((await thread(c)).id,
      { assistant_id: 'asst_none' }),
    throws: [OpenAI.NotFoundError] },
];
