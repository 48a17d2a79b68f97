// A WebSocket over HTTP/2 (RFC 8441) with Node's http2 module: sends a text,
// prints the status and the text that comes back.
import http2 from 'node:http2';

const [url, text] = process.argv.slice(2);
const client = http2.connect(new URL(url).origin);
client.on('remoteSettings', (settings) => {
    if (!settings.enableConnectProtocol) throw new Error('not offered');
    const stream = client.request({
        ':method': 'CONNECT', ':protocol': 'websocket',
        ':path': new URL(url).pathname, 'sec-websocket-version': '13',
    });
    stream.on('response', (head) => console.log(head[':status']));
    stream.on('data', (frame) => {
        console.log(frame.subarray(2).toString());
        client.destroy();
    });
    const payload = Buffer.from(text);
    stream.write(Buffer.concat([
        Buffer.from([0x81, 0x80 | payload.length, 1, 1, 1, 1]),
        payload.map((byte) => byte ^ 1)]));
});
