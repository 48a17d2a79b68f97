// A server of Node's that asks an API to call it back and checks the signature
// with Node's own crypto; it begins to listen only when the first attempts have
// found nobody, as the journal says. Prints what it saw.
//
//     js_hook.mjs PORT JOURNAL
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const port = Number(process.argv[2]);
const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const want = 'sha256=' +
      crypto.createHmac('sha256', 's3cret').update(body).digest('hex');
    console.log(request.method, request.url, body.toString());
    console.log('valid', want === request.headers['x-hub-signature-256']);
    response.end();
    server.close();
  });
});
const answer = await fetch('https://api.example.com/hooks', { method: 'POST' });
console.log(answer.status);
while (!fs.readFileSync(process.argv[3], 'utf8').includes('"ended":"tried again"'))
  await wait(10);
server.listen(port, '127.0.0.1');
