// What Node's WebSocket clients share: their arguments are "URL WORD...", those
// of py_ws_websockets.py, and "--" begins another dialogue.
'use strict';

exports.protocols = (words) => words.filter((w) => w.startsWith('protocol:'))
    .map((w) => w.slice(9));

// Says and sends what the words ask for; ping() is for "ping".
exports.open = (ws, words, ping) => {
  if (ws.protocol) console.log('protocol ' + ws.protocol);
  for (const word of words) {
    const at = word.indexOf(':');
    const kind = at < 0 ? word : word.slice(0, at);
    const rest = word.slice(at + 1);
    if (kind === 'text') ws.send(rest);
    if (kind === 'binary') ws.send(Buffer.alloc(Number(rest), 'a'));
    if (kind === 'ping') ping();
  }
};

// One after the other: talk([url, ...words], done) has to call done.
exports.talkAll = (talk, words = process.argv.slice(2)) => {
  const end = words.indexOf('--');
  talk(end < 0 ? words : words.slice(0, end), () => {
    console.log('--');
    if (end >= 0) exports.talkAll(talk, words.slice(end + 1));
  });
};
