// Checks one inbound webhook with Twilio's SDK for Node: prints its port, then
// what its validator says, and ends.
//
//     js_hook_check.cjs TOKEN
const http = require('http');
const querystring = require('querystring');
const { validateRequest } = require('twilio');

const token = process.argv[2];
const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => { body += bytes; });
    request.on('end', () => {
        const url = `http://${request.headers.host}${request.url}`;
        const signature = request.headers['x-twilio-signature'];
        const form = querystring.parse(body);
        console.log(`valid ${validateRequest(token, signature, url, form)}`,
            `forged ${validateRequest('x', signature, url, form)}`);
        response.setHeader('Content-Type', 'text/xml');
        response.setHeader('Connection', 'close');
        response.end('<Response><Message>ok</Message></Response>');
        server.close();
    });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
