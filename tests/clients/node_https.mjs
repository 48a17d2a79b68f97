// Node's http and https modules. Modes as in pieces.py.
import http from 'node:http';
import https from 'node:https';

const [mode, ...urls] = process.argv.slice(2);
const start = performance.now();

function take([url, ...others]) {
    const client = url.startsWith('https:') ? https : http;
    client.get(url, (response) => {
        if (response.statusCode !== 200)
            throw new Error(response.statusMessage);
        response.setEncoding('latin1');
        response.on('data', (text) => {
            const ms = Math.floor(performance.now() - start);
            process.stdout.write(
                mode === 'stream' ? `${ms} ${text.trim()}\n` : text);
        });
        response.on('end', () => { if (others.length) take(others); });
        response.on('error', (error) => { throw error; });
    }).on('error', (error) => { throw error; });
}

take(urls);
