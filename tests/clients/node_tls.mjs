// Node's fetch against hosts whose TLS is wrong: a line for each URL.
for (const url of process.argv.slice(2)) {
    try {
        // A long time for all but the one that never goes on.
        const ms = url.includes('stall') ? 3000 : 60000;
        const response = await fetch(url, {signal: AbortSignal.timeout(ms)});
        console.log(url, 'taken', await response.text());
    } catch (error) {
        const why = error.cause ?? error;
        console.log(url, 'refused', why.code ?? '', why.message);
    }
}
// What was given up still holds its connection, and the process.
process.exit();
