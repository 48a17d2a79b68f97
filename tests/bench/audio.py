#!/usr/bin/python3
"""audio.py STREAMS BYTES URL: that many WebSockets at once, each sends so many
bytes in 32 KB messages and takes a token for each; fails if one is missing.
Prints the seconds. Called by bench.py."""
import asyncio
import json
import sys
import time

import websockets

CHUNK = 32 * 1000


async def stream(url, size, all_open):
    async with websockets.connect(url, compression=None) as ws:
        await ws.send(json.dumps({"api_key": "k", "model": "stt-rt"}))
        await all_open.wait()
        for _ in range(size // CHUNK):
            await ws.send(b"\0" * CHUNK)
        await ws.send("")
        tokens = [json.loads(message) async for message in ws]
        if len(tokens) != size // CHUNK + 1 or "finished" not in tokens[-1]:
            raise SystemExit("%d tokens of a stream" % len(tokens))


async def wait_for_all(streams, all_open):
    # As good as open: each has been given its turns.
    await asyncio.sleep(0.02 * streams)
    all_open.set()


async def main():
    streams, size, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    all_open = asyncio.Event()
    begin = time.monotonic()
    await asyncio.gather(
        wait_for_all(streams, all_open),
        *(stream(url, size, all_open) for _ in range(streams)))
    print("%.3f" % (time.monotonic() - begin))


asyncio.run(main())
