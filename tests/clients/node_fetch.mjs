// Node's fetch (undici). Modes as in pieces.py.
const [mode, ...urls] = process.argv.slice(2);
const start = performance.now();
for (const url of urls) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(response.statusText);
    for await (const piece of response.body) {
        const text = Buffer.from(piece).toString('latin1');
        const ms = Math.floor(performance.now() - start);
        process.stdout.write(
            mode === 'stream' ? `${ms} ${text.trim()}\n` : text);
    }
}
