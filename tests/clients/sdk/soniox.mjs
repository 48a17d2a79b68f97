// Soniox's SDK for Node on the pack soniox; run.mjs says how to read it.
import { SonioxHttpError, SonioxNodeClient } from '@soniox/node';
import WebSocket from 'ws';

// Node has a global WebSocket from 22 on; before it, a program brings ws.
globalThis.WebSocket ??= WebSocket;

const model = 'stt-async-v4';

export default {
  pack: 'soniox',
  sdk: '@soniox/node',
  open: () => new SonioxNodeClient({ api_key: 'key' }),
  checks: [
    { route: 'models.list', does: 'list',
      call: (c) => c.models.list(),
      check: (models, t) => t.ok(models.some((m) => m.id === model)) },
    { route: 'models.list', by: 'unauthenticated', does: 'invalid key',
      call: () => new SonioxNodeClient({ api_key: 'invalid' }).models.list(),
      throws: [SonioxHttpError, { statusCode: 401 }] },
  ],
};
