// node_websocket.mjs URL WORD... [-- ...]: Node's own WebSocket; the arguments
// are those of py_ws_websockets.py, but for pings, which browsers do not send.
import dialogues from './node_dialogues.cjs';

function talk([url, ...words], done) {
  const ws = new WebSocket(url, dialogues.protocols(words));
  ws.binaryType = 'arraybuffer';

  ws.onopen = () => {
    dialogues.open(ws, words, () => console.log('pong'));
  };
  ws.onmessage = ({data}) => {
    console.log(typeof data === 'string' ? data : `(${data.byteLength} bytes)`);
  };
  // Browsers do not tell why, and some not that it is closed then.
  let over = false;
  const end = (text) => {
    if (over) return;
    over = true;
    console.log(text);
    done();
  };
  ws.onerror = () => end('failed');
  ws.onclose = ({code, reason}) => end(`closed ${code} ${reason}`.trim());
}

dialogues.talkAll(talk);
