// chat.mjs [-s] PROMPT: asks a model with fetch; with -s the answer is streamed
// and printed as it comes. There is nothing of Offwire in it.
//
//     offwire run --rules chat.json:openai -- node chat.mjs -s "Who are you?"

const url = 'https://api.openai.com/v1/chat/completions';

async function request(prompt, stream) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ model: 'gpt-4o-mini', stream,
      messages: [{ role: 'user', content: prompt }] }),
  });
  if (!response.ok)
    throw new Error(`the API says: ${(await response.json()).error.message}`);
  return response;
}

async function ask(prompt) {
  const answer = await (await request(prompt, false)).json();
  return answer.choices[0].message.content;
}

// The lines of a body as they come; a piece of it may end inside of a line, and
// inside of a character.
async function* lines(body) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = parts.pop();
    yield* parts;
  }
}

async function* stream(prompt) {
  for await (const line of lines((await request(prompt, true)).body)) {
    if (!line.startsWith('data:')) continue;
    const data = line.slice(5).trim();
    if (data === '[DONE]') return;
    const event = JSON.parse(data);
    if (event.error) throw new Error(`the API says: ${event.error.message}`);
    yield event.choices[0]?.delta.content ?? '';
  }
  throw new Error('the stream ended early');
}

const streams = process.argv[2] === '-s';
const prompt = process.argv[streams ? 3 : 2];
if (!prompt || !process.env.OPENAI_API_KEY) {
  console.error('usage: OPENAI_API_KEY=... chat.mjs [-s] PROMPT');
  process.exit(2);
}
try {
  for await (const piece of streams ? stream(prompt) : [await ask(prompt)])
    process.stdout.write(piece);
  console.log();
} catch (problem) {
  console.error(`\nchat.mjs: ${problem.cause?.message ?? problem.message}`);
  process.exitCode = 1;
}
