// Node's http2 module: URLs asked for at once, on one connection. For each, in
// the order given, "status body trailers", or the code of what went wrong.
import http2 from 'node:http2';

const urls = process.argv.slice(2);
const client = http2.connect(new URL(urls[0]).origin);
client.on('error', () => {});

function get(url) {
    return new Promise((resolve) => {
        let body = '', status, trailers = '';
        const path = new URL(url).pathname;
        const stream = client.request({ ':path': path });
        stream.setEncoding('utf8');
        stream.on('response', (head) => { status = head[':status']; });
        stream.on('trailers', (fields) => {
            trailers = ` ${JSON.stringify(fields)}`;
        });
        stream.on('data', (text) => { body += text; });
        stream.on('error', (error) => resolve(error.code));
        stream.on('end', () => resolve(`${status} ${body}${trailers}`));
        stream.on('aborted', () => resolve(`aborted behind "${body}"`));
    });
}

for (const line of await Promise.all(urls.map(get))) console.log(line);
client.destroy();
