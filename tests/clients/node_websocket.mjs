// node_websocket.mjs URL WORD... [-- ...]: Node's own WebSocket; the arguments
// are those of py_ws_websockets.py, but for pings, which browsers do not send.
function talk([url, ...words], done) {
  const protocols = words.filter((w) => w.startsWith('protocol:'))
      .map((w) => w.slice(9));
  const ws = new WebSocket(url, protocols);
  ws.binaryType = 'arraybuffer';

  ws.onopen = () => {
    if (ws.protocol) console.log('protocol ' + ws.protocol);
    for (const word of words) {
      const at = word.indexOf(':');
      const kind = at < 0 ? word : word.slice(0, at);
      const rest = word.slice(at + 1);
      if (kind === 'text') ws.send(rest);
      if (kind === 'binary') ws.send(Buffer.alloc(Number(rest), 'a'));
      if (kind === 'ping') console.log('pong');
    }
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

function talkAll(words) {
  const end = words.indexOf('--');
  talk(end < 0 ? words : words.slice(0, end), () => {
    console.log('--');
    if (end >= 0) talkAll(words.slice(end + 1));
  });
}

talkAll(process.argv.slice(2));
