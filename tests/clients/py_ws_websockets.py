"""py_ws_websockets.py URL [protocol:NAME] [text:...|binary:SIZE|ping]... [-- ...]

Python's websockets. All ws_* programs take the same arguments: they send what
they are told, one message after the other, print each message that comes, and
in the end "closed CODE REASON", or "failed" and why. Behind "--" is the next
dialogue, on a connection of its own; each ends with a line "--".
"""
import asyncio

import websockets

import pieces


async def main(url, *words):
    protocols = [w[9:] for w in words if w.startswith("protocol:")]
    async with websockets.connect(url, subprotocols=protocols or None,
                                  max_size=None) as ws:
        if ws.subprotocol:
            print("protocol " + ws.subprotocol)
        for word in words:
            kind, _, rest = word.partition(":")
            if kind == "text":
                await ws.send(rest)
            elif kind == "binary":
                await ws.send(b"a" * int(rest))
            elif kind == "ping":
                await asyncio.wait_for(await ws.ping(b"are you there"), 10)
                print("pong")
        try:
            async for message in ws:
                print(message if isinstance(message, str)
                      else "(%d bytes)" % len(message), flush=True)
        except websockets.ConnectionClosedError:
            pass
        print(("closed %d %s" % (ws.close_code, ws.close_reason)).strip())


pieces.talk_all(lambda *dialogue: asyncio.run(main(*dialogue)))
