// node_websocket.mjs URL WORD...: Node's own WebSocket; the arguments are those
// of py_ws_websockets.py, but for pings, which browsers do not send.
const [url, ...words] = process.argv.slice(2);
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
// Browsers do not tell why.
ws.onerror = () => {
  console.log('failed');
  process.exitCode = 1;
};
ws.onclose = ({code, reason}) => {
  console.log(`closed ${code} ${reason}`.trim());
  process.exitCode = code === 1006 ? 1 : 0;
};
