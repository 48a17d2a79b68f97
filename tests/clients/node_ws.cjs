// node_ws.cjs URL WORD... [-- ...]: ws of npm; the arguments are those of
// py_ws_websockets.py.
'use strict';
const WebSocket = require('ws');

function talk([url, ...words], done) {
  const protocols = words.filter((w) => w.startsWith('protocol:'))
      .map((w) => w.slice(9));
  const ws = new WebSocket(url, protocols);
  let failure = null;

  ws.on('open', () => {
    if (ws.protocol) console.log('protocol ' + ws.protocol);
    for (const word of words) {
      const at = word.indexOf(':');
      const kind = at < 0 ? word : word.slice(0, at);
      const rest = word.slice(at + 1);
      if (kind === 'text') ws.send(rest);
      if (kind === 'binary') ws.send(Buffer.alloc(Number(rest), 'a'));
      if (kind === 'ping') ws.ping('are you there');
    }
  });
  ws.on('pong', () => console.log('pong'));
  ws.on('message', (data, isBinary) => {
    console.log(isBinary ? `(${data.length} bytes)` : data.toString());
  });
  ws.on('error', (error) => { failure = error; });
  ws.on('close', (code, reason) => {
    if (failure && code === 1006)
      console.log('failed ' + failure.message);
    else
      console.log(`closed ${code} ${reason}`.trim());
    done();
  });
}

function talkAll(words) {
  const end = words.indexOf('--');
  talk(end < 0 ? words : words.slice(0, end), () => {
    console.log('--');
    if (end >= 0) talkAll(words.slice(end + 1));
  });
}

talkAll(process.argv.slice(2));
