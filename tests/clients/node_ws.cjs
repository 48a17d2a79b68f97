// node_ws.cjs URL WORD... [-- ...]: ws of npm; the arguments are those of
// py_ws_websockets.py.
'use strict';
const WebSocket = require('ws');
const dialogues = require('./node_dialogues.cjs');

function talk([url, ...words], done) {
  const ws = new WebSocket(url, dialogues.protocols(words));
  let failure = null;

  ws.on('open', () => {
    dialogues.open(ws, words, () => ws.ping('are you there'));
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

dialogues.talkAll(talk);
