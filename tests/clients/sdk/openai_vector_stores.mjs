// Rows of openai.mjs: vector stores, their files, batches of files, search.
import OpenAI, { toFile } from 'openai';

const text = (name, words) => toFile(Buffer.from(words), name);
const upload = async (c, name, words) => (await c.files.create(
  { purpose: 'assistants', file: await text(name, words) })).id;
const quick = { pollIntervalMs: 20 };

// A store with two files that are ready.
const stocked = async (c, t) => {
  const cats = await upload(c, 'cats.txt', 'Cats like fish.');
  const dogs = await upload(c, 'dogs.txt', 'Dogs like bones, and they bark.');
  const store = await c.vectorStores.create({ name: 'pets', file_ids: [cats, dogs] });
  t.has(store, { status: 'in_progress', file_counts: { in_progress: 2, total: 2 } });
  await t.session.advance('2s');
  return { cats, dogs, id: store.id };
};

export default [
  { route: 'vector_stores.create', does: 'create, list, retrieve, update, delete',
    by: ['create', 'list', 'retrieve', 'update', 'delete'].map((what) => `vector_stores.${what}`),
    call: async (c, t) => {
      const made = await c.vectorStores.create({ name: 'pets', metadata: { a: 'b' } });
      t.typed(made, { id: 'string', created_at: 'number', last_active_at: 'number?',
        metadata: 'object?', name: 'string', usage_bytes: 'number' });
      t.has(made, { object: 'vector_store', status: 'completed', file_counts: { total: 0 } });
      t.equal((await t.all(c.vectorStores.list())).map((s) => s.id), [made.id]);
      t.equal((await c.vectorStores.update(made.id, { name: 'x' })).name, 'x');
      t.equal((await c.vectorStores.retrieve(made.id)).metadata, { a: 'b' });
      t.has(await c.vectorStores.delete(made.id), { id: made.id, deleted: true });
      await t.fails(() => c.vectorStores.retrieve(made.id), OpenAI.NotFoundError);
    } },
  { route: 'vector_stores.files.create', does: 'polled by the helper',
    by: ['vector_stores.files.create', 'vector_stores.files.retrieve'],
    call: async (c, t) => {
      await t.session.resume();
      const { id } = await c.vectorStores.create({ name: 'pets' });
      return c.vectorStores.files.uploadAndPoll(id, await text('a.txt', 'Hello'), quick);
    },
    check: (file, t) => {
      t.has(file, { object: 'vector_store.file', status: 'completed', usage_bytes: 5 });
      t.typed(file, { id: 'string', created_at: 'number', last_error: 'object?',
        vector_store_id: 'string' });
    } },
  { route: 'vector_stores.files.list', does: 'content, attributes, deletion',
    by: ['list', 'update', 'content', 'delete'].map((what) => `vector_stores.files.${what}`),
    call: async (c, t) => {
      const { cats, dogs, id: vector_store_id } = await stocked(c, t);
      const { files } = c.vectorStores;
      t.equal((await t.all(files.list(vector_store_id, { filter: 'completed', limit: 1 })))
        .map((file) => file.id), [dogs, cats]);
      t.equal((await files.update(cats, { vector_store_id, attributes: { kind: 'cat' } }))
        .attributes, { kind: 'cat' });
      t.equal((await t.all(files.content(cats, { vector_store_id })))[0].text,
        'Cats like fish.');
      t.has(await files.delete(cats, { vector_store_id }), { id: cats, deleted: true });
      return c.vectorStores.retrieve(vector_store_id);
    },
    check: (store, t) => t.has(store, { file_counts: { completed: 1, total: 1 } }) },
  { route: 'vector_stores.files.create', does: 'failed, refused',
    by: ['vector_stores.files.create', 'vector_stores.files.retrieve'],
    call: async (c, t) => {
      const { id } = await c.vectorStores.create({ name: 'pets' });
      await t.fails(() => c.vectorStores.files.create(id, { file_id: 'file-x' }),
        OpenAI.NotFoundError);
      await t.fails(() => c.vectorStores.files.create(id, {}), OpenAI.BadRequestError,
        { code: 'missing_required_parameter' });
      await t.session.resume();
      return c.vectorStores.files.uploadAndPoll(id, await text('a.mp3', 'x'), quick);
    },
    check: (file, t) => t.has(file, { status: 'failed',
      last_error: { code: 'unsupported_file' } }) },
  { route: 'vector_stores.file_batches.create', does: 'polled by the helper',
    by: ['create', 'retrieve', 'list_files'].map((what) => `vector_stores.file_batches.${what}`),
    call: async (c, t) => {
      await t.session.resume();
      const { id: vector_store_id } = await c.vectorStores.create({ name: 'pets' });
      const files = [await text('a.txt', 'one'), await text('b.txt', 'two')];
      const batch = await c.vectorStores.fileBatches.uploadAndPoll(vector_store_id,
        { files }, quick);
      const all = await t.all(c.vectorStores.fileBatches.listFiles(batch.id,
        { vector_store_id }));
      t.equal(all.map((file) => file.status), ['completed', 'completed']);
      return batch;
    },
    check: (batch, t) => t.has(batch, { object: 'vector_store.files_batch',
      status: 'completed', file_counts: { completed: 2, total: 2 } }) },
  { route: 'vector_stores.file_batches.cancel', does: 'cancel',
    call: async (c, t) => {
      const { id: vector_store_id } = await c.vectorStores.create({ name: 'pets' });
      const batch = await c.vectorStores.fileBatches.create(vector_store_id,
        { file_ids: [await upload(c, 'a.txt', 'one')] });
      t.equal(batch.status, 'in_progress');
      return c.vectorStores.fileBatches.cancel(batch.id, { vector_store_id });
    },
    check: (batch, t) => t.has(batch, { status: 'cancelled', file_counts: { cancelled: 1 } }) },
  { route: 'vector_stores.search', does: 'by words, with filters',
    call: async (c, t) => {
      const { dogs, id } = await stocked(c, t);
      await c.vectorStores.files.update(dogs, { vector_store_id: id,
        attributes: { kind: 'dog', legs: 4 } });
      const filters = { type: 'and', filters: [{ type: 'eq', key: 'kind', value: 'dog' },
        { type: 'gte', key: 'legs', value: 4 }] };
      t.equal((await t.all(c.vectorStores.search(id, { query: 'like', filters }))).length, 1);
      return t.all(c.vectorStores.search(id, { query: 'What do dogs like?' }));
    },
    check: (found, t) => {
      t.has(found[0], { filename: 'dogs.txt', content: (parts) => /bones/.test(parts[0].text) });
      t.ok(found[0].score > found[1].score);
    } },
];
